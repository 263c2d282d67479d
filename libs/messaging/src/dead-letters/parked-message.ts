import type { ContractRegistry } from '@saasodoo/contracts';
import type { GetMessage } from 'amqplib';
import { toIncomingMessage } from '../inbox/incoming-message';
import type { ParkedQueueName } from '../topology/queues';

/** A message out of a parked queue, in the shape of a row of `broker_parked`. */
export interface ParkedMessage {
  readonly messageId: string;
  readonly type: string;
  readonly subject: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly consumers: readonly string[];
  /** JSON text; `undefined` when the body is none, then `raw` has it. */
  readonly payload: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly raw: Buffer;
  readonly reason: string;
}

/** What the broker itself added on the way; it would be wrong for a message that is sent anew. */
const BROKER_HEADER = /^x-/;

/** Never throws: what cannot be understood is kept as it is. */
export function toParkedMessage(
  message: GetMessage,
  queue: ParkedQueueName,
  contracts: ContractRegistry,
): ParkedMessage {
  const { messageId, type, subject, payload, headers, raw } = toIncomingMessage({
    ...message,
    fields: { ...message.fields, consumerTag: '' },
  });
  const death = readDeath(message.properties.headers ?? {});
  const { exchange, routingKey } = message.fields;
  const route = contracts.find(type) ?? {
    exchange: death?.exchange ?? exchange,
    routingKey: death?.routingKey ?? routingKey,
    consumers: queue.app === undefined ? [] : [queue.app],
  };
  return {
    messageId,
    type,
    subject,
    payload,
    raw,
    exchange: route.exchange,
    routingKey: route.routingKey,
    consumers: route.consumers,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !BROKER_HEADER.test(name))),
    reason: death === undefined ? 'no queue took it' : `${death.reason} in ${death.queue}`,
  };
}

interface Death {
  readonly reason: string;
  readonly queue: string;
  readonly exchange: string | undefined;
  readonly routingKey: string | undefined;
}

/** Why and where a message died, as RabbitMQ writes it into `x-death`; a header anybody can forge. */
function readDeath(headers: Readonly<Record<string, unknown>>): Death | undefined {
  const deaths: unknown = headers['x-death'];
  const last: unknown = Array.isArray(deaths) ? deaths.at(-1) : undefined;
  if (typeof last !== 'object' || last === null) return undefined;
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(last, name);
    return typeof value === 'string' ? value : undefined;
  };
  const keys: unknown = Reflect.get(last, 'routing-keys');
  const key: unknown = Array.isArray(keys) ? keys[0] : undefined;
  return {
    reason: text('reason') ?? 'unknown reason',
    queue: text('queue') ?? 'an unknown queue',
    exchange: text('exchange'),
    routingKey: typeof key === 'string' ? key : undefined,
  };
}
