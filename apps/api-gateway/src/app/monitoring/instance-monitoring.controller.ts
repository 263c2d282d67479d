import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import { ObservationRepository } from '@saasodoo/instances/data-access';
import { systemClock } from '@saasodoo/kernel';
import type { FastifyReply } from 'fastify';
import { CurrentActor } from '../auth/current-actor.decorator';
import { IdPipe } from '../http/id.pipe';
import { assertKnownParameters, parsePage } from '../http/page';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { ConditionChangeResponse } from './condition-change.response';
import { DiagnosisResponse } from './diagnosis.response';
import { HealthResponse } from './health.response';
import { HistoryResponse } from './history.response';
import { InstanceLogs } from './instance-logs';
import { LogLineResponse } from './log-line.response';
import { parseLogWish } from './log-wish';
import { MonitorClient } from './monitor-client';
import { MonitoredInstances } from './monitored-instances';

@ApiTags('monitoring')
@ApiBearerAuth()
@Controller('instance/instances')
export class InstanceMonitoringController {
  constructor(
    @Inject(MonitoredInstances) private readonly instances: MonitoredInstances,
    @Inject(ObservationRepository) private readonly observations: ObservationRepository,
    @Inject(MonitorClient) private readonly monitor: MonitorClient,
    @Inject(InstanceLogs) private readonly logs: InstanceLogs,
  ) {}

  @Get(':id/health')
  @ApiOperation({ summary: 'What was last seen of an instance' })
  @ApiOkResponse({ type: HealthResponse })
  @ApiProblems(401, 404)
  async health(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<HealthResponse> {
    return HealthResponse.of(await this.instances.get(id, actor), systemClock.now());
  }

  @Get(':id/history')
  @ApiOperation({ summary: 'How the health of an instance went' })
  @ApiPaged()
  @ApiOkResponse({ type: HistoryResponse })
  @ApiProblems(401, 404, 422)
  async history(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<HistoryResponse> {
    assertKnownParameters(query, ['page', 'page_size']);
    const page = parsePage(query);
    await this.instances.get(id, actor);
    const { changes, total } = await this.observations.history(id, page);
    return {
      changes: changes.map((change) => ConditionChangeResponse.of(change)),
      total,
      page: page.page,
      page_size: page.pageSize,
    };
  }

  @Get(':id/diagnosis')
  @ApiOperation({ summary: 'Why an instance does not serve, and what mends it', description: 'Looks now.' })
  @ApiOkResponse({ type: DiagnosisResponse })
  @ApiProblems(401, 404, 503)
  async diagnosis(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<DiagnosisResponse> {
    await this.instances.get(id, actor);
    return this.monitor.diagnosis(id);
  }

  @Get(':id/logs')
  @ApiOperation({
    summary: 'What an instance has written',
    description:
      'The last lines, also of tasks that ended. With follow=true or Accept: text/event-stream as server-sent events named ' +
      '`log`, each with a line as data; with follow=true they go on until you leave.',
  })
  @ApiQuery({
    name: 'tail',
    required: false,
    schema: { type: 'integer', minimum: 0, maximum: 10_000, default: 100 },
  })
  @ApiQuery({ name: 'since', required: false, schema: { type: 'string', format: 'date-time' } })
  @ApiQuery({ name: 'follow', required: false, schema: { type: 'boolean', default: false } })
  @ApiOkResponse({ type: [LogLineResponse] })
  @ApiProblems(401, 404, 422, 429, 503)
  async readLogs(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wish = parseLogWish(query);
    await this.instances.get(id, actor);
    const { accept } = reply.request.headers;
    const asEvents = wish.follow || accept?.includes('text/event-stream') === true;
    if (asEvents) await this.logs.stream(id, wish, actor, reply);
    else await reply.header('cache-control', 'no-store').send(await this.logs.read(id, wish));
  }
}
