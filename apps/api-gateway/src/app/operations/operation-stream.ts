import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '@saasodoo/operations/domain';
import { OperationResponse } from './operation.response';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 1_000;

/**
 * Server-sent events of an operation's states, with a comment now and then that keeps idle connections open.
 * What `watch` started ends with the stream, whether it was read to its end, left, or `closed`.
 */
export async function* operationStream(
  watch: (signal: AbortSignal) => AsyncGenerator<Operation>,
  closed: AbortSignal,
): AsyncGenerator<string> {
  const left = new AbortController();
  const changes = watch(AbortSignal.any([closed, left.signal]));
  try {
    yield `retry: ${RECONNECT_MS}\n\n`;
    yield* withHeartbeat(changes);
  } finally {
    left.abort();
    await changes.return(undefined);
  }
}

async function* withHeartbeat(changes: AsyncGenerator<Operation>): AsyncGenerator<string> {
  for (let pending = changes.next(); ;) {
    const beat = new AbortController();
    const heartbeat = delay(HEARTBEAT_MS, undefined, { signal: beat.signal }).catch(() => undefined);
    const change = await Promise.race([pending, heartbeat]);
    beat.abort();
    if (change === undefined) {
      yield ': still here\n\n';
    } else if (change.done === true) {
      return;
    } else {
      yield toEvent(change.value);
      pending = changes.next();
    }
  }
}

function toEvent(operation: Operation): string {
  const data = JSON.stringify(OperationResponse.of(operation));
  return `id: ${operation.sequence}\nevent: operation\ndata: ${data}\n\n`;
}
