import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '@saasodoo/operations/domain';
import { OperationResponse } from './operation.response';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 1_000;

/** Server-sent events of an operation's states, with a comment now and then that keeps idle connections open. */
export async function* operationStream(changes: AsyncGenerator<Operation>): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n`;
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
