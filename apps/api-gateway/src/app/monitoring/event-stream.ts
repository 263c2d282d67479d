import { setTimeout as delay } from 'node:timers/promises';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 1_000;

/** One server-sent event; without data it only sets the id from which a client goes on. */
export interface ServerEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: object;
}

/**
 * Server-sent events as text, with a comment now and then that keeps idle connections open. What `watch` started ends with
 * the stream, whether it was read to its end, left, or `closed`.
 */
export async function* eventStream(
  watch: (signal: AbortSignal) => AsyncGenerator<ServerEvent>,
  closed: AbortSignal,
): AsyncGenerator<string> {
  const left = new AbortController();
  const events = watch(AbortSignal.any([closed, left.signal]));
  try {
    yield `retry: ${RECONNECT_MS}\n\n`;
    yield* withHeartbeat(events);
  } finally {
    left.abort();
    await events.return(undefined);
  }
}

async function* withHeartbeat(events: AsyncGenerator<ServerEvent>): AsyncGenerator<string> {
  for (let pending = events.next(); ;) {
    const beat = new AbortController();
    const heartbeat = delay(HEARTBEAT_MS, undefined, { signal: beat.signal }).catch(() => undefined);
    const event = await Promise.race([pending, heartbeat]);
    beat.abort();
    if (event === undefined) {
      yield ': still here\n\n';
    } else if (event.done === true) {
      return;
    } else {
      yield toText(event.value);
      pending = events.next();
    }
  }
}

function toText({ id, event, data }: ServerEvent): string {
  const lines = [
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(data === undefined ? [] : [`data: ${JSON.stringify(data)}`]),
  ];
  return `${lines.join('\n')}\n\n`;
}
