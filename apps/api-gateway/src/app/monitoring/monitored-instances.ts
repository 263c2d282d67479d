import { Inject, Injectable } from '@nestjs/common';
import { type Actor, readScope } from '@saasodoo/identity/domain';
import { type MonitoredInstance, MonitoredInstanceRepository } from '@saasodoo/instances/data-access';
import { AppError } from '@saasodoo/kernel';
import type { Page } from '../http/page';
import { instanceUnknown } from '../instances/instance-unknown';

/** Whose instances somebody may watch is decided here and nowhere else in this folder. */
@Injectable()
export class MonitoredInstances {
  constructor(@Inject(MonitoredInstanceRepository) private readonly instances: MonitoredInstanceRepository) {}

  /** Throws `instance.not_found`. */
  async get(id: string, actor: Actor): Promise<MonitoredInstance> {
    const instance = await this.instances.find(id, readScope(actor));
    if (instance === undefined) throw instanceUnknown();
    return instance;
  }

  /** Throws `service.not_found`. */
  async getByService(serviceName: string, actor: Actor): Promise<MonitoredInstance> {
    const instance = await this.instances.findByService(serviceName, readScope(actor));
    if (instance !== undefined) return instance;
    throw AppError.terminal('service.not_found', 'you have no instance with a service of this name', {
      httpStatus: 404,
    });
  }

  list(actor: Actor, page: Page): Promise<{ instances: MonitoredInstance[]; total: number }> {
    return this.instances.list(readScope(actor), page);
  }
}
