import { Inject, Injectable } from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import type { OdooImport } from '@saasodoo/backups/domain';
import { ImportInstance } from '@saasodoo/contracts';
import { auditWrite } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import { InstanceRepository, InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import type { NewInstance } from '@saasodoo/instances/domain';
import { AppError, randomSecret } from '@saasodoo/kernel';
import type { EntityManager } from 'typeorm';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { acceptedAnswer } from '../instances/accepted-answer';
import type { ChangeRequest } from '../instances/change-request';
import type { InstanceResponse } from '../instances/instance.response';
import { OperationRequests } from '../operations/operation-requests';
import type { ImportInstanceRequest } from './import-instance.request';
import { ImportWishes } from './import-wishes';

const ADMIN_PASSWORD_BYTES = 15;
const FIRST_GENERATION = 1;

/** Accepts new instances that begin with what a customer sent; a worker does the rest. */
@Injectable()
export class ImportedInstances {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(ImportRepository) private readonly imports: ImportRepository,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(InstanceSecretsRepository) private readonly secrets: InstanceSecretsRepository,
    @Inject(OperationRequests) private readonly operations: OperationRequests,
    @Inject(ImportWishes) private readonly wishes: ImportWishes,
  ) {}

  /**
   * Throws `import.not_found`, `role.insufficient`, `import.status_conflict`, `import.storage_too_small`,
   * `database_name.taken`, `quota.exceeded`, or `InvalidRequest`.
   */
  async create(
    id: string,
    request: ImportInstanceRequest,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<InstanceResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `import:${id}`, request };
    return this.requests.run(attempt, async (em) => {
      const found = await this.imports.getInScope(id, scope, em);
      const wish = this.wishes.read(request, found);
      assertFits(found, wish);
      const answer = await this.store(em, wish, { actor, importId: id, request });
      await this.imports.begin(id, wish.id, em);
      return answer;
    });
  }

  private async store(
    em: EntityManager,
    wish: NewInstance,
    { actor, importId, request }: { actor: Actor; importId: string; request: ImportInstanceRequest },
  ): Promise<Answer<InstanceResponse>> {
    const { neutralise, admin_password } = request;
    const { writes, opened } = this.operations.opening(em, {
      ...{ kind: 'import', contract: ImportInstance },
      instance: { ...wish, generation: FIRST_GENERATION },
      input: { import_id: importId, neutralise },
    });
    const audit = auditWrite({
      ...{ actor, customerId: wish.customerId, action: 'instance.create', subject: wish.id },
      after: { database_name: wish.databaseName, import_id: importId, neutralise },
    });
    const password = admin_password ?? randomSecret(ADMIN_PASSWORD_BYTES);
    const instance = await this.instances.insert(em, wish, {
      adminPasswordSealed: this.secrets.seal(password, wish.id),
      writes: [...writes, audit],
    });
    return acceptedAnswer(instance, opened(instance.createdAt));
  }
}

function assertFits({ contents }: OdooImport, { storageBytes }: NewInstance): void {
  const needed = contents?.files_bytes ?? 0;
  if (needed <= storageBytes) return;
  throw AppError.terminal('import.storage_too_small', `its files alone take ${needed} bytes`, {
    httpStatus: 422,
    hint: 'Ask for a larger storage_limit.',
    facts: { files_bytes: needed, storage_bytes: storageBytes },
  });
}
