interface Closeable {
  readonly closed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** Aborts when the client has gone, or the answer is complete; at once when that was so before. */
export function untilClosed(answer: Closeable): AbortSignal {
  const controller = new AbortController();
  if (answer.closed) controller.abort();
  else answer.once('close', () => controller.abort());
  return controller.signal;
}
