import { Controller, Get, Param, UseFilters, UseGuards } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { JOB_ID_LABEL, Swarm } from '@saasodoo/swarm';
import { MonitorConfig } from '../app.config';
import { MonitorKeyGuard } from './monitor-key.guard';
import { QueryErrorFilter } from './query-error.filter';
import { type ServiceAnswer, toServiceAnswer } from './service-answer';

/** The services of this platform's instances, as the engine has them at this moment. */
@Controller('internal/services')
@UseGuards(MonitorKeyGuard)
@UseFilters(QueryErrorFilter)
export class ServiceQueriesController {
  constructor(
    private readonly swarm: Swarm,
    private readonly config: MonitorConfig,
  ) {}

  @Get()
  async list(): Promise<{ readonly services: readonly ServiceAnswer[] }> {
    const { services, tasks, nodes } = await this.swarm.snapshot({ labels: this.labels });
    const own = services.filter(({ labels }) => !(JOB_ID_LABEL in labels));
    return {
      services: own.map((service) =>
        toServiceAnswer(
          service,
          tasks.filter(({ serviceId }) => serviceId === service.id),
          nodes,
        ),
      ),
    };
  }

  @Get(':name')
  async get(@Param('name') name: string): Promise<ServiceAnswer> {
    const services = await this.swarm.services.list({ labels: this.labels });
    const service = services.find((one) => one.name === name);
    if (service === undefined) {
      throw AppError.terminal('service.not_found', `there is no service ${name}`, {
        httpStatus: 404,
        hint: 'It was removed, or its instance has not been deployed yet; the diagnosis of the instance says more.',
      });
    }
    const [tasks, nodes] = await Promise.all([
      this.swarm.tasks.list({ serviceId: service.id }),
      this.swarm.nodes.list(),
    ]);
    return toServiceAnswer(service, tasks, nodes);
  }

  private get labels(): Readonly<Record<string, string>> {
    return { 'saasodoo.platform': this.config.PLATFORM_NAME };
  }
}
