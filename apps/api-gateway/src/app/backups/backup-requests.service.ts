import { Inject, Injectable } from '@nestjs/common';
import { assertBackupAllowed } from '@saasodoo/backups/domain';
import { BackupInstance, DeleteBackup } from '@saasodoo/contracts';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { changeScope } from '@saasodoo/identity/domain';
import { newId } from '@saasodoo/kernel';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import type { ChangeRequest } from '../instances/change-request';
import { instanceUnknown } from '../instances/instance-unknown';
import { OperationRequests } from '../operations/operation-requests';
import { acceptedBackupAnswer } from './accepted-backup-answer';
import type { AcceptedBackupResponse } from './accepted-backup.response';
import { assertNotCopied, assertUnused } from './assert-unused';
import { BackupStores } from './backup-stores';
import { backupUnknown } from './backup-unknown';

/** Accepts backups and their removal; a worker does the rest. */
@Injectable()
export class BackupRequests {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(BackupStores) private readonly stores: BackupStores,
    @Inject(OperationRequests) private readonly operations: OperationRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `instance.not_found`, `role.insufficient`, and what `assertBackupAllowed` throws. */
  async create(
    instanceId: string,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<AcceptedBackupResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `backup:${instanceId}`, request: {} };
    return this.requests.run(attempt, async (em) => {
      const { instances, backups } = this.stores;
      const instance = await instances.lockInScope(em, instanceId, scope);
      if (instance === undefined) throw instanceUnknown();
      assertBackupAllowed(instance);
      const { customerId, databaseName, odooVersion } = instance;
      const wish = {
        id: newId(),
        kind: 'manual',
        instanceId,
        customerId,
        databaseName,
        odooVersion,
      } as const;
      await backups.insert(wish, em);
      const operation = await this.operations.open(em, {
        ...{ instance, kind: 'backup', contract: BackupInstance },
        input: { backup_id: wish.id },
      });
      await this.audit.record(em, {
        ...{ actor, customerId, action: 'instance.backup', subject: instanceId },
        after: { backup_id: wish.id, operation_id: operation.id },
      });
      return acceptedBackupAnswer(await backups.get(wish.id, em), operation);
    });
  }

  /** Throws `backup.not_found`, `role.insufficient`, `backup.in_use`, `backup.status_conflict`. */
  async delete(
    id: string,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<AcceptedBackupResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `delete-backup:${id}`, request: {} };
    return this.requests.run(attempt, async (em) => {
      const { instances, backups, operations } = this.stores;
      const backup = await backups.findInScope(id, scope, em);
      const instance =
        backup === undefined ? undefined : await instances.lockInScope(em, backup.instanceId, {});
      if (backup === undefined || instance === undefined) throw backupUnknown();
      assertUnused(backup, await operations.openFor(em, instance.id));
      assertNotCopied(await backups.copiedBy(em, id));
      await backups.requestDeletion(em, id);
      const operation = await this.operations.open(em, {
        ...{ instance, kind: 'delete-backup', contract: DeleteBackup },
        input: { backup_id: id },
      });
      await this.audit.record(em, {
        ...{ actor, customerId: backup.customerId, action: 'backup.delete', subject: id },
        before: { status: backup.status },
        after: { status: 'deleting', operation_id: operation.id },
      });
      return acceptedBackupAnswer(await backups.get(id, em), operation);
    });
  }
}
