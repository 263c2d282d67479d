import { Inject, Injectable } from '@nestjs/common';
import { type Backup, assertRestorable, assertRestoreAllowed } from '@saasodoo/backups/domain';
import { RestoreInstance } from '@saasodoo/contracts';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import type { Instance } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import type { ChangeRequest } from '../instances/change-request';
import { OperationRequests } from '../operations/operation-requests';
import { acceptedBackupAnswer } from './accepted-backup-answer';
import type { AcceptedBackupResponse } from './accepted-backup.response';
import { BackupStores } from './backup-stores';
import { backupUnknown } from './backup-unknown';
import type { RestoreBackupRequest } from './restore-backup.request';

/** Accepts restorations into the instance that a backup came from; a worker does the rest. */
@Injectable()
export class RestoreRequests {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(BackupStores) private readonly stores: BackupStores,
    @Inject(OperationRequests) private readonly operations: OperationRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /**
   * Throws `backup.not_found`, `role.insufficient`, and why it is refused, see `assertRestorable` and
   * `assertRestoreAllowed`.
   */
  async restore(
    id: string,
    request: RestoreBackupRequest,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<AcceptedBackupResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `restore:${id}`, request };
    return this.requests.run(attempt, async (em) => {
      const { instances, backups } = this.stores;
      const backup = await backups.findInScope(id, scope, em);
      const instance =
        backup === undefined ? undefined : await instances.lockInScope(em, backup.instanceId, scope);
      if (backup === undefined || instance === undefined) throw backupUnknown();
      assertRestorable(backup, instance, 'in-place');
      assertRestoreAllowed(instance);
      const operation = await this.accept(em, { backup, instance, actor }, request);
      return acceptedBackupAnswer(backup, operation);
    });
  }

  private async accept(
    em: EntityManager,
    { backup, instance, actor }: { backup: Backup; instance: Instance; actor: Actor },
    { safety_backup }: RestoreBackupRequest,
  ): Promise<Operation> {
    const { instances } = this.stores;
    const generation = await instances.requestDesiredState(em, instance.id, instance.desiredState);
    const safetyId = safety_backup ? newId() : undefined;
    const operation = await this.operations.open(em, {
      ...{ kind: 'restore', contract: RestoreInstance },
      instance: { ...instance, generation },
      input: { backup_id: backup.id, ...(safetyId === undefined ? {} : { safety_backup_id: safetyId }) },
    });
    await this.audit.record(em, {
      ...{ actor, customerId: instance.customerId, action: 'instance.restore', subject: instance.id },
      before: { status: instance.status, desired_state: instance.desiredState },
      after: { backup_id: backup.id, safety_backup_id: safetyId ?? null, operation_id: operation.id },
    });
    return operation;
  }
}
