import { Controller, Get, HttpCode, Inject, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import { RecordRefusals } from '../audit/record-refusals.interceptor';
import { CurrentActor } from '../auth/current-actor.decorator';
import { RequireRole } from '../auth/require-role.decorator';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { JanitorClient } from './janitor-client';
import { JanitorReportResponse } from './janitor-report.response';
import { JanitorRuns } from './janitor-runs.service';
import { TombstoneListResponse } from './tombstone.response';
import { TombstonesService } from './tombstones.service';

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('support')
@UseInterceptors(RecordRefusals)
@Controller('admin')
export class JanitorController {
  constructor(
    @Inject(JanitorClient) private readonly janitor: JanitorClient,
    @Inject(JanitorRuns) private readonly runs: JanitorRuns,
    @Inject(TombstonesService) private readonly tombstones: TombstonesService,
  ) {}

  @Get('janitor/report')
  @ApiOperation({ summary: 'See what the last run of the janitor found and did' })
  @ApiOkResponse({ type: JanitorReportResponse })
  @ApiProblems(401, 403, 404, 503)
  report(): Promise<JanitorReportResponse> {
    return this.janitor.report();
  }

  @Post('janitor/run')
  @RequireRole('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let the janitor run now', description: 'Answers when it is through.' })
  @ApiQuery({ name: 'dry_run', required: false, type: Boolean, description: 'Only say what it would do.' })
  @ApiOkResponse({ type: JanitorReportResponse })
  @ApiProblems(401, 403, 409, 422, 503)
  run(
    @CurrentActor() actor: Actor,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<JanitorReportResponse> {
    return this.runs.run(query, actor);
  }

  @Get('tombstones')
  @ApiOperation({ summary: 'List what was set aside before it is removed, and what was removed' })
  @ApiPaged()
  @ApiQuery({ name: 'kind', required: false, schema: { type: 'string', example: 'service' } })
  @ApiQuery({ name: 'deleted', required: false, type: Boolean })
  @ApiOkResponse({ type: TombstoneListResponse })
  @ApiProblems(401, 403, 422)
  list(@Query() query: Readonly<Record<string, unknown>>): Promise<TombstoneListResponse> {
    return this.tombstones.list(query);
  }
}
