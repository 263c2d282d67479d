import { applyDecorators, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { MessageContract } from '@saasodoo/contracts';
import type { MessageContext } from './message-context';
import { PreserveErrorFilter } from './preserve-error.filter';

/** `(payload, context)`; what it throws decides: a terminal AppError parks the message, anything else is retried. */
export type MessageHandlerMethod<P extends object> = (
  payload: P,
  context: MessageContext,
) => Promise<void> | void;

/** The method of a controller, decorated. */
export type HandlerDecorator<P extends object> = <Method extends MessageHandlerMethod<P>>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** Facts that a decorated method leaves for the transport. */
export interface HandlerExtras {
  /** `CreateInstanceHandler.execute` */
  readonly handler: string;
}

export function handleMessage<P extends object>(contract: MessageContract<P>): HandlerDecorator<P> {
  return (target, key, descriptor) => {
    const extras: HandlerExtras = { handler: `${target.constructor.name}.${key}` };
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    applyDecorators(EventPattern(contract.type, { ...extras }), UseFilters(PreserveErrorFilter))(
      target,
      key,
      descriptor,
    );
  };
}
