import { Controller } from '@nestjs/common';
import { TerminateInstance, type TerminateInstancePayload } from '@saasodoo/contracts';
import { HandleCommand, type MessageContext } from '@saasodoo/messaging';
import { OperationRunner } from '@saasodoo/operations/data-access';

/** The command says where to look; the operation in PostgreSQL says what to do. */
@Controller()
export class TerminateInstanceHandler {
  constructor(private readonly runner: OperationRunner) {}

  @HandleCommand(TerminateInstance)
  execute(_payload: TerminateInstancePayload, context: MessageContext): void {
    context.afterCommit(() => this.runner.poke());
  }
}
