import { WakeUp } from './wake-up';

describe('WakeUp', () => {
  const never = new AbortController().signal;

  it('ends a wait when it is poked', async () => {
    const news = new WakeUp();
    const waiting = news.wait(60_000, never);
    news.poke();
    await expect(waiting).resolves.toBeUndefined();
  });

  it('keeps one poke that came too early, and no more', async () => {
    const news = new WakeUp();
    news.poke();
    news.poke();
    await news.wait(60_000, never);
    const stop = new AbortController();
    let ended = false;
    const waiting = news.wait(60_000, stop.signal).then(() => (ended = true));
    await Promise.resolve();
    expect(ended).toBe(false);
    stop.abort();
    await waiting;
  });

  it('ends by itself after its time', async () => {
    await expect(new WakeUp().wait(1, never)).resolves.toBeUndefined();
  });
});
