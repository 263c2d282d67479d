import type { CommandContract } from '@saasodoo/contracts';
import { type HandlerDecorator, handleMessage } from './handle-message';

/** Marks the one method that carries the command out: `(payload, context: MessageContext) => Promise<void>`. */
export function HandleCommand<P extends object>(contract: CommandContract<P>): HandlerDecorator<P> {
  return handleMessage(contract);
}
