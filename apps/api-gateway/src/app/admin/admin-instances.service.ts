import { Inject, Injectable } from '@nestjs/common';
import { InstanceSearchRepository } from '@saasodoo/instances/data-access';
import { healthStates, instanceStatuses } from '@saasodoo/instances/domain';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { choice, flag, type Query, text, uuid } from '../http/filters';
import { assertKnownParameters, parsePage } from '../http/page';
import type { InstanceListResponse } from '../instances/instance-list.response';
import { InstanceResponse } from '../instances/instance.response';

const COMMON = ['page', 'page_size', 'customer', 'text'];
const PARAMETERS = [...COMMON, 'status', 'health', 'failed'];

/** Instances of all customers. */
@Injectable()
export class AdminInstancesService {
  constructor(
    @Inject(InstanceSearchRepository) private readonly instances: InstanceSearchRepository,
    @Inject(OperationRepository) private readonly operations: OperationRepository,
  ) {}

  /** Throws `InvalidRequest` for a query it cannot follow. */
  async list(query: Query): Promise<InstanceListResponse> {
    assertKnownParameters(query, PARAMETERS);
    return this.find(query);
  }

  /** Those in error. Throws `InvalidRequest` for a query it cannot follow. */
  async listFailed(query: Query): Promise<InstanceListResponse> {
    assertKnownParameters(query, COMMON);
    return this.find({ ...query, failed: 'true' });
  }

  private async find(query: Query): Promise<InstanceListResponse> {
    const { page, pageSize } = parsePage(query);
    const { customer: customerId } = uuid(query, 'customer');
    const { failed: isFailed } = flag(query, 'failed');
    const { instances, total } = await this.instances.find({
      ...{ page, pageSize },
      ...choice(query, 'status', instanceStatuses),
      ...choice(query, 'health', healthStates),
      ...text(query, 'text'),
      ...(customerId === undefined ? {} : { customerId }),
      ...(isFailed === undefined ? {} : { isFailed }),
    });
    const latest = await this.operations.latestOf(instances.map(({ id }) => id));
    return {
      instances: instances.map((instance) => InstanceResponse.of(instance, latest.get(instance.id))),
      total,
      page,
      page_size: pageSize,
    };
  }
}
