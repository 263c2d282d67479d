import { Controller } from '@nestjs/common';
import { type InstanceOperationPayload, UpgradeInstance } from '@saasodoo/contracts';
import { HandleCommand, type MessageContext } from '@saasodoo/messaging';
import { OperationRunner } from '@saasodoo/operations/data-access';

/** The command says where to look; the operation in PostgreSQL says what to do. */
@Controller()
export class UpgradeInstanceHandler {
  constructor(private readonly runner: OperationRunner) {}

  @HandleCommand(UpgradeInstance)
  execute(_payload: InstanceOperationPayload, context: MessageContext): void {
    context.afterCommit(() => this.runner.poke());
  }
}
