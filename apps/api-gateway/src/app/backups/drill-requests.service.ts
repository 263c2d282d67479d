import { Inject, Injectable } from '@nestjs/common';
import { assertBackupAllowed, assertRestorable } from '@saasodoo/backups/domain';
import { DrillBackup } from '@saasodoo/contracts';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { changeScope } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import type { ChangeRequest } from '../instances/change-request';
import { OperationRequests } from '../operations/operation-requests';
import { acceptedBackupAnswer } from './accepted-backup-answer';
import type { AcceptedBackupResponse } from './accepted-backup.response';
import { BackupStores } from './backup-stores';
import { backupUnknown } from './backup-unknown';

/** Accepts drills of backups; a worker does the rest. */
@Injectable()
export class DrillRequests {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(BackupStores) private readonly stores: BackupStores,
    @Inject(OperationRequests) private readonly operations: OperationRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /**
   * Throws `backup.not_found`, `role.insufficient`, `backup.drill_open`, and why it is refused, see `assertRestorable` and
   * `assertBackupAllowed`.
   */
  async drill(
    id: string,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<AcceptedBackupResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `drill:${id}`, request: {} };
    return this.requests.run(attempt, async (em) => {
      const { instances, backups, operations } = this.stores;
      const backup = await backups.findInScope(id, scope, em);
      const instance =
        backup === undefined ? undefined : await instances.lockInScope(em, backup.instanceId, scope);
      if (backup === undefined || instance === undefined) throw backupUnknown();
      assertBackupAllowed(instance);
      assertRestorable(backup, instance, 'in-place');
      assertNoneOpen(await operations.openFor(em, instance.id));
      const operation = await this.operations.open(em, {
        ...{ instance, kind: 'drill', contract: DrillBackup },
        input: { backup_id: id },
      });
      await this.audit.record(em, {
        ...{ actor, customerId: backup.customerId, action: 'backup.drill', subject: id },
        after: { operation_id: operation.id },
      });
      return acceptedBackupAnswer(backup, operation);
    });
  }
}

/** One that was called off is being removed, and the next one waits for that. */
function assertNoneOpen(open: readonly Operation[]): void {
  const drill = open.find(
    ({ kind, cancelRequestedAt }) => kind === 'drill' && cancelRequestedAt === undefined,
  );
  if (drill === undefined) return;
  throw AppError.terminal('backup.drill_open', 'a backup of the instance is being drilled', {
    httpStatus: 409,
    hint: 'Wait for it to end, or cancel it.',
    facts: { operation_id: drill.id },
  });
}
