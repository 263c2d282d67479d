import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import { systemClock } from '@saasodoo/kernel';
import { CurrentActor } from '../auth/current-actor.decorator';
import { assertKnownParameters, parsePage } from '../http/page';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { FreshLook } from './fresh-look';
import { HealthResponse } from './health.response';
import { MonitorClient } from './monitor-client';
import { MonitoredInstances } from './monitored-instances';
import { ServiceListResponse } from './service-list.response';
import { ServiceStatusResponse } from './service-status.response';

@ApiTags('monitoring')
@ApiBearerAuth()
@Controller('instance/monitoring/services')
export class MonitoredServicesController {
  constructor(
    @Inject(MonitoredInstances) private readonly instances: MonitoredInstances,
    @Inject(MonitorClient) private readonly monitor: MonitorClient,
    @Inject(FreshLook) private readonly look: FreshLook,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What was last seen of all your services' })
  @ApiPaged()
  @ApiOkResponse({ type: ServiceListResponse })
  @ApiProblems(401, 422)
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<ServiceListResponse> {
    assertKnownParameters(query, ['page', 'page_size']);
    const page = parsePage(query);
    const { instances, total } = await this.instances.list(actor, page);
    const now = systemClock.now();
    const services = instances.map((instance) => HealthResponse.of(instance, now));
    return { services, total, page: page.page, page_size: page.pageSize };
  }

  @Get(':service_name/health')
  @ApiOperation({ summary: 'What was last seen of a service' })
  @ApiOkResponse({ type: HealthResponse })
  @ApiProblems(401, 404)
  async health(
    @CurrentActor() actor: Actor,
    @Param('service_name') serviceName: string,
  ): Promise<HealthResponse> {
    return HealthResponse.of(await this.instances.getByService(serviceName, actor), systemClock.now());
  }

  @Get(':service_name/status')
  @ApiOperation({ summary: 'A service and its tasks, as the engine has them now' })
  @ApiOkResponse({ type: ServiceStatusResponse })
  @ApiProblems(401, 404, 503)
  async status(
    @CurrentActor() actor: Actor,
    @Param('service_name') serviceName: string,
  ): Promise<ServiceStatusResponse> {
    await this.instances.getByService(serviceName, actor);
    return this.monitor.service(serviceName);
  }

  @Post(':service_name/sync')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Look at a service now',
    description: 'Answers what is seen then. Changes nothing.',
  })
  @ApiOkResponse({ type: HealthResponse })
  @ApiProblems(401, 404, 503)
  async sync(
    @CurrentActor() actor: Actor,
    @Param('service_name') serviceName: string,
  ): Promise<HealthResponse> {
    await this.instances.getByService(serviceName, actor);
    await this.look.take();
    return this.health(actor, serviceName);
  }
}
