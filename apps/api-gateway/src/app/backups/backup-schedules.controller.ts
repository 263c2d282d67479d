import { Body, Controller, Get, Inject, Param, Put, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { CurrentActor } from '../auth/current-actor.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { ApiIdempotent } from '../idempotency/idempotency-key-header.decorator';
import { Command, type CommandRequest } from '../instances/command-request.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { BackupScheduleRequest } from './backup-schedule.request';
import { BackupScheduleResponse } from './backup-schedule.response';
import { BackupSchedules } from './backup-schedules.service';

@ApiTags('backups')
@ApiBearerAuth()
@Controller('instance/instances/:id/backup-schedule')
export class BackupSchedulesController {
  constructor(@Inject(BackupSchedules) private readonly schedules: BackupSchedules) {}

  @Get()
  @ApiOperation({ summary: 'When an instance is backed up by itself' })
  @ApiOkResponse({ type: BackupScheduleResponse })
  @ApiProblems(401, 404)
  get(@Param('id', IdPipe) id: string, @CurrentActor() actor: Actor): Promise<BackupScheduleResponse> {
    return this.schedules.get(id, actor);
  }

  @Put()
  @ApiOperation({
    summary: 'Back an instance up every day by itself',
    description:
      'Older scheduled backups go when a newer one was verified. Others stay until somebody deletes them.',
  })
  @ApiIdempotent()
  @ApiOkResponse({ type: BackupScheduleResponse })
  @ApiProblems(401, 403, 404, 409, 422)
  async put(
    @Command() { id, actor, idempotencyKey }: CommandRequest,
    @Body() request: BackupScheduleRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BackupScheduleResponse> {
    return give(await this.schedules.put(id, request, { actor, idempotencyKey }), reply);
  }
}
