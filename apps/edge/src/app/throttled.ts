import { type Clock, systemClock } from '@saasodoo/kernel';

/** Calls `tell` at most once in `everyMs`: an outage is one piece of news, however many requests meet it. */
export function throttled<T>(
  tell: (news: T) => void,
  everyMs: number,
  clock: Clock = systemClock,
): (news: T) => void {
  let quietUntil = 0;
  return (news) => {
    const now = clock.now().getTime();
    if (now < quietUntil) return;
    quietUntil = now + everyMs;
    tell(news);
  };
}
