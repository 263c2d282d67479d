import { Inject, Injectable } from '@nestjs/common';
import { CreateInstance } from '@saasodoo/contracts';
import { auditWrite } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import { InstanceRepository, InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import type { ExternalAddress, NewInstance } from '@saasodoo/instances/domain';
import { newId, randomSecret } from '@saasodoo/kernel';
import type { EntityManager } from 'typeorm';
import { GatewayConfig } from '../app.config';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { OperationRequests } from '../operations/operation-requests';
import type { ChangeRequest } from './change-request';
import type { CreateInstanceRequest } from './create-instance.request';
import { acceptedAnswer } from './accepted-answer';
import type { InstanceResponse } from './instance.response';
import { OdooVersions } from './odoo-versions';
import { readWish } from './read-wish';

const ADMIN_PASSWORD_BYTES = 15;
const FIRST_GENERATION = 1;

@Injectable()
export class CreateInstanceService {
  private readonly address: ExternalAddress;

  constructor(
    @Inject(GatewayConfig) { PUBLIC_SCHEME, BASE_DOMAIN, PUBLIC_PORT }: GatewayConfig,
    @Inject(OdooVersions) private readonly versions: OdooVersions,
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(InstanceSecretsRepository) private readonly secrets: InstanceSecretsRepository,
    @Inject(OperationRequests) private readonly operations: OperationRequests,
  ) {
    this.address = { scheme: PUBLIC_SCHEME, baseDomain: BASE_DOMAIN, port: PUBLIC_PORT };
  }

  /**
   * Claims the name, stores the instance and its operation and writes the command, all or nothing; a worker does the rest.
   * Throws `database_name.taken`, `quota.exceeded`, `role.insufficient`, or `InvalidRequest`.
   */
  async create(
    request: CreateInstanceRequest,
    { actor, idempotencyKey }: ChangeRequest,
  ): Promise<Answer<InstanceResponse>> {
    changeScope(actor);
    const { versions, address } = this;
    const { customerId } = actor;
    const wish = readWish(request, { id: newId(), customerId, versions, address });
    const adminPassword = request.admin_password ?? randomSecret(ADMIN_PASSWORD_BYTES);
    const attempt = {
      scope: customerId,
      key: idempotencyKey,
      operation: 'create',
      request,
      isOneStatement: true,
    };
    return this.requests.run(attempt, (em) => this.store(em, wish, { actor, adminPassword }));
  }

  /** One statement: instance, operation, steps and command are there together or not at all. */
  private async store(
    em: EntityManager,
    wish: NewInstance,
    { actor, adminPassword }: { readonly actor: Actor; readonly adminPassword: string },
  ): Promise<Answer<InstanceResponse>> {
    const { writes, opened } = this.operations.opening(em, {
      instance: { ...wish, generation: FIRST_GENERATION },
      kind: 'create',
      contract: CreateInstance,
    });
    const adminPasswordSealed = this.secrets.seal(adminPassword, wish.id);
    const audit = auditWrite({
      actor,
      action: 'instance.create',
      subject: wish.id,
      after: auditedWish(wish),
    });
    const instance = await this.instances.insert(em, wish, {
      adminPasswordSealed,
      writes: [...writes, audit],
    });
    return acceptedAnswer(instance, opened(instance.createdAt));
  }
}

/** What was asked for, without what the customer wrote for themselves alone. */
function auditedWish(wish: NewInstance): object {
  return {
    name: wish.name,
    database_name: wish.databaseName,
    odoo_version: wish.odooVersion,
    instance_type: wish.instanceType,
    billing_status: wish.billingStatus,
    cpu_limit: wish.cpuLimit,
    memory_bytes: wish.memoryBytes,
    storage_bytes: wish.storageBytes,
  };
}
