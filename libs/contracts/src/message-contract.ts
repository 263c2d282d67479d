/** A payload is a class with class-validator decorators and no constructor arguments. */
export type PayloadClass<P extends object> = new () => P;

interface ContractBase<P extends object> {
  /** `instance.create`: what it is about, then what is wanted or what happened. */
  readonly name: string;
  readonly version: number;
  /** `instance.create.v1`: unique; the CloudEvents type. */
  readonly type: string;
  readonly routingKey: string;
  readonly payload: PayloadClass<P>;
  /** Apps that must have it in their inbox before it counts as delivered. */
  readonly consumers: readonly string[];
}

/** Imperative, handled by exactly one app. */
export interface CommandContract<P extends object = object> extends ContractBase<P> {
  readonly kind: 'command';
  readonly exchange: 'saasodoo.commands';
  readonly owner: string;
  readonly queue: string;
}

/** Past tense, any number of listeners; `subscribers` are the apps that must never miss one. */
export interface EventContract<P extends object = object> extends ContractBase<P> {
  readonly kind: 'event';
  readonly exchange: 'saasodoo.events';
  readonly subscribers: readonly string[];
}

/** Name, version and schema of a message. */
export type MessageContract<P extends object = object> = CommandContract<P> | EventContract<P>;
