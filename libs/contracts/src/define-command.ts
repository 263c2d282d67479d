import { messageType } from './message-type';
import type { CommandContract, PayloadClass } from './message-contract';

export interface CommandDefinition<P extends object> {
  readonly name: string;
  readonly version: number;
  /** The app whose handler carries it out. */
  readonly owner: string;
  readonly payload: PayloadClass<P>;
}

/** Throws `contract.malformed` when the name or the version cannot be a routing key. */
export function defineCommand<P extends object>(definition: CommandDefinition<P>): CommandContract<P> {
  const type = messageType(definition.name, definition.version);
  return Object.freeze({
    ...definition,
    kind: 'command',
    type,
    routingKey: type,
    exchange: 'saasodoo.commands',
    queue: `${definition.owner}.${definition.name}`,
    consumers: [definition.owner],
  });
}
