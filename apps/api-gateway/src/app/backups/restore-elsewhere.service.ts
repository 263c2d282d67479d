import { Inject, Injectable } from '@nestjs/common';
import { assertRestorable } from '@saasodoo/backups/domain';
import { RestoreNewInstance } from '@saasodoo/contracts';
import { auditWrite } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import type { NewInstance } from '@saasodoo/instances/domain';
import { randomSecret } from '@saasodoo/kernel';
import type { EntityManager } from 'typeorm';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { acceptedAnswer } from '../instances/accepted-answer';
import type { ChangeRequest } from '../instances/change-request';
import type { InstanceResponse } from '../instances/instance.response';
import { OperationRequests } from '../operations/operation-requests';
import { BackupStores } from './backup-stores';
import { backupUnknown } from './backup-unknown';
import type { CopyBackupRequest } from './copy-backup.request';
import { CopyWishes } from './copy-wishes';

const ADMIN_PASSWORD_BYTES = 15;
const FIRST_GENERATION = 1;

/** Accepts new instances that begin with the data of a backup; a worker does the rest. */
@Injectable()
export class RestoreElsewhere {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(BackupStores) private readonly stores: BackupStores,
    @Inject(CopyWishes) private readonly wishes: CopyWishes,
    @Inject(InstanceSecretsRepository) private readonly secrets: InstanceSecretsRepository,
    @Inject(OperationRequests) private readonly operations: OperationRequests,
  ) {}

  /**
   * Throws `backup.not_found`, `role.insufficient`, `backup.not_completed`, `database_name.taken`, `quota.exceeded`, or
   * `InvalidRequest`.
   */
  async restore(
    id: string,
    request: CopyBackupRequest,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<InstanceResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `copy:${id}`, request };
    return this.requests.run(attempt, async (em) => {
      const { instances, backups } = this.stores;
      const backup = await backups.findInScope(id, scope, em);
      const source = backup === undefined ? undefined : await instances.find(backup.instanceId, em);
      if (backup === undefined || source === undefined) throw backupUnknown();
      const wish = this.wishes.read(request, source, backup);
      assertRestorable(backup, wish, 'elsewhere');
      return this.store(em, wish, { actor, backupId: id, neutralise: request.neutralise });
    });
  }

  private async store(
    em: EntityManager,
    wish: NewInstance,
    { actor, backupId, neutralise }: { actor: Actor; backupId: string; neutralise: boolean },
  ): Promise<Answer<InstanceResponse>> {
    const { writes, opened } = this.operations.opening(em, {
      ...{ kind: 'restore-new', contract: RestoreNewInstance },
      instance: { ...wish, generation: FIRST_GENERATION },
      input: { backup_id: backupId, neutralise },
    });
    const audit = auditWrite({
      ...{ actor, action: 'instance.create', subject: wish.id },
      after: { database_name: wish.databaseName, backup_id: backupId, neutralise },
    });
    const instance = await this.stores.instances.insert(em, wish, {
      adminPasswordSealed: this.secrets.seal(randomSecret(ADMIN_PASSWORD_BYTES), wish.id),
      writes: [...writes, audit],
    });
    return acceptedAnswer(instance, opened(instance.createdAt));
  }
}
