import type { AmqpMessage } from '../amqp/amqp-message';

/** A message waiting in `outbox`, as the relay selects it. */
export interface OutboxRow {
  /** bigint in decimal. */
  readonly id: string;
  readonly message_id: string;
  readonly type: string;
  readonly exchange: string;
  readonly routing_key: string;
  readonly consumers: readonly string[];
  /** JSON text, sent as it is. */
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attempts: number;
}

/** An event that no app subscribes to may reach nobody; everything else must land in a queue. */
export function toAmqpMessage(row: Omit<OutboxRow, 'id' | 'attempts'>): AmqpMessage {
  return {
    exchange: row.exchange,
    routingKey: row.routing_key,
    messageId: row.message_id,
    type: row.type,
    headers: row.headers,
    body: Buffer.from(row.payload),
    mandatory: row.consumers.length > 0,
  };
}
