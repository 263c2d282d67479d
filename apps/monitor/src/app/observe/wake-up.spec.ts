import { WakeUp } from './wake-up';

describe('WakeUp', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const ended = (promise: Promise<void>) => {
    const state = { over: false };
    void promise.then(() => (state.over = true));
    return state;
  };

  it('sleeps for as long as nobody pokes it', async () => {
    const wait = ended(new WakeUp(50).wait(1_000, new AbortController().signal));
    await jest.advanceTimersByTimeAsync(999);
    expect(wait.over).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(wait.over).toBe(true);
  });

  it('wakes once for many pokes, when they have settled', async () => {
    const wakeUp = new WakeUp(50);
    const wait = ended(wakeUp.wait(1_000, new AbortController().signal));
    wakeUp.poke();
    await jest.advanceTimersByTimeAsync(30);
    wakeUp.poke();
    expect(wait.over).toBe(false);
    await jest.advanceTimersByTimeAsync(20);
    expect(wait.over).toBe(true);
    const next = ended(wakeUp.wait(1_000, new AbortController().signal));
    await jest.advanceTimersByTimeAsync(900);
    expect(next.over).toBe(false);
  });

  it('remembers a poke that came while it was awake', async () => {
    const wakeUp = new WakeUp(50);
    wakeUp.poke();
    const wait = ended(wakeUp.wait(60_000, new AbortController().signal));
    await jest.advanceTimersByTimeAsync(50);
    expect(wait.over).toBe(true);
  });

  it('ends with the signal', async () => {
    const controller = new AbortController();
    const wait = ended(new WakeUp(50).wait(60_000, controller.signal));
    controller.abort();
    await jest.advanceTimersByTimeAsync(0);
    expect(wait.over).toBe(true);
  });
});
