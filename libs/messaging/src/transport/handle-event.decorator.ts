import type { EventContract } from '@saasodoo/contracts';
import { type HandlerDecorator, handleMessage } from './handle-message';

/** Marks a method that reacts to the event; several may, they run one after the other in one transaction. */
export function HandleEvent<P extends object>(contract: EventContract<P>): HandlerDecorator<P> {
  return handleMessage(contract);
}
