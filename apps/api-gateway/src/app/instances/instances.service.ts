import { Inject, Injectable } from '@nestjs/common';
import { type Actor, readScope } from '@saasodoo/identity/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { type Instance, type InstanceStatus, instanceStatuses } from '@saasodoo/instances/domain';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { InvalidRequest } from '../http/invalid-request';
import { assertKnownParameters, parsePage } from '../http/page';
import type { InstanceListResponse } from './instance-list.response';
import { instanceUnknown } from './instance-unknown';
import { InstanceResponse } from './instance.response';

const PARAMETERS = ['page', 'page_size', 'status'];

/** Instances as their owner sees them. */
@Injectable()
export class InstancesService {
  constructor(
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(OperationRepository) private readonly operations: OperationRepository,
  ) {}

  /** Throws `InvalidRequest` for a query it cannot follow. */
  async list(customerId: string, query: Readonly<Record<string, unknown>>): Promise<InstanceListResponse> {
    assertKnownParameters(query, PARAMETERS);
    const { page, pageSize } = parsePage(query);
    const status = parseStatus(query['status']);
    const filter = { customerId, page, pageSize, ...(status === undefined ? {} : { status }) };
    const { instances, total } = await this.instances.list(filter);
    return { instances: await this.withOperations(instances), total, page, page_size: pageSize };
  }

  /** Throws `instance.not_found`. */
  async get(id: string, actor: Actor): Promise<InstanceResponse> {
    const instance = await this.instances.findInScope(id, readScope(actor));
    if (instance === undefined) throw instanceUnknown();
    const [response] = await this.withOperations([instance]);
    return response ?? InstanceResponse.of(instance, undefined);
  }

  private async withOperations(instances: readonly Instance[]): Promise<InstanceResponse[]> {
    if (instances.length === 0) return [];
    const latest = await this.operations.latestOf(instances.map(({ id }) => id));
    return instances.map((instance) => InstanceResponse.of(instance, latest.get(instance.id)));
  }
}

function parseStatus(given: unknown): InstanceStatus | undefined {
  if (given === undefined) return undefined;
  const status = instanceStatuses.find((known) => known === given);
  if (status !== undefined) return status;
  throw InvalidRequest.field('status', 'field.choice', `must be one of ${instanceStatuses.join(', ')}`);
}
