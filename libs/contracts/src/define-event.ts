import { messageType } from './message-type';
import type { EventContract, PayloadClass } from './message-contract';

export interface EventDefinition<P extends object> {
  readonly name: string;
  readonly version: number;
  readonly payload: PayloadClass<P>;
  /** Apps that must see every one of them; live listeners need not be listed. */
  readonly subscribers?: readonly string[];
}

/** Throws `contract.malformed` when the name or the version cannot be a routing key. */
export function defineEvent<P extends object>(definition: EventDefinition<P>): EventContract<P> {
  const type = messageType(definition.name, definition.version);
  const subscribers = definition.subscribers ?? [];
  return Object.freeze({
    ...definition,
    kind: 'event',
    type,
    routingKey: type,
    exchange: 'saasodoo.events',
    subscribers,
    consumers: subscribers,
  });
}
