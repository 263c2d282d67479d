import { Injectable } from '@nestjs/common';
import { InstanceCreated, InstanceCreationFailed } from '@saasodoo/contracts';
import { TenantDatabases } from '@saasodoo/databases';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { databaseRoleName, internalUrl } from '@saasodoo/instances/domain';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation } from '@saasodoo/operations/domain';
import { deployedService, outputsOf } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { metaOf, payloadOf } from '../backups/operation-message';
import { DiscardRequests } from '../discard-replaced/discard-requests';

/** How the making of a copy ends, in the transaction that ends its operation. */
@Injectable()
export class CopyChanges {
  constructor(
    private readonly instances: InstanceRepository,
    private readonly databases: TenantDatabases,
    private readonly outbox: Outbox,
    private readonly discards: DiscardRequests,
  ) {}

  async made(em: EntityManager, operation: Operation): Promise<void> {
    const { instanceId: id, generation } = operation;
    const { serviceName } = await this.instances.get(id, em);
    const databaseServer = this.databases.serverName;
    await this.instances.recordDatabase(em, id, { databaseServer, databaseRole: databaseRoleName(id) });
    const { serviceId, fingerprint } = deployedService(outputsOf(operation));
    await this.instances.recordDeployment(em, id, {
      ...{ serviceId, serviceName, internalUrl: internalUrl(serviceName) },
      serviceFingerprint: fingerprint,
    });
    await this.instances.transition(em, id, { from: ['creating'], to: 'starting' });
    const set = { observedGeneration: generation };
    await this.instances.transition(em, id, { from: ['starting'], to: 'running', set });
    await this.discards.open(em, operation);
    await this.outbox.append(em, InstanceCreated, payloadOf(operation), metaOf(operation));
  }

  async failed(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    const { instanceId: id, generation } = operation;
    await this.instances.clearDatabase(em, id);
    await this.instances.releaseName(em, id);
    const set = { error, observedGeneration: generation };
    await this.instances.transition(em, id, { from: ['creating'], to: 'error', set });
    const payload = { ...payloadOf(operation), error_code: error.code };
    await this.outbox.append(em, InstanceCreationFailed, payload, metaOf(operation));
  }
}
