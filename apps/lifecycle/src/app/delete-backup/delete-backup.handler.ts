import { Controller } from '@nestjs/common';
import { DeleteBackup, type InstanceOperationPayload } from '@saasodoo/contracts';
import { HandleCommand, type MessageContext } from '@saasodoo/messaging';
import { OperationRunner } from '@saasodoo/operations/data-access';

/** The command says where to look; the operation in PostgreSQL says what to do. */
@Controller()
export class DeleteBackupHandler {
  constructor(private readonly runner: OperationRunner) {}

  @HandleCommand(DeleteBackup)
  execute(_payload: InstanceOperationPayload, context: MessageContext): void {
    context.afterCommit(() => this.runner.poke());
  }
}
