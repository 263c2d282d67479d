import { Controller } from '@nestjs/common';
import { CreateInstance, type CreateInstancePayload } from '@saasodoo/contracts';
import { HandleCommand, type MessageContext } from '@saasodoo/messaging';
import { OperationRunner } from '@saasodoo/operations/data-access';

/** The command says where to look; the operation in PostgreSQL says what to do. */
@Controller()
export class CreateInstanceHandler {
  constructor(private readonly runner: OperationRunner) {}

  @HandleCommand(CreateInstance)
  execute(_payload: CreateInstancePayload, context: MessageContext): void {
    context.afterCommit(() => this.runner.poke());
  }
}
