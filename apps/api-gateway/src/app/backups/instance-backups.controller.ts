import { Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { CurrentActor } from '../auth/current-actor.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { ApiIdempotent, IdempotencyKeyHeader } from '../idempotency/idempotency-key-header.decorator';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { AcceptedBackupResponse } from './accepted-backup.response';
import { BackupListResponse } from './backup-list.response';
import { BackupRequests } from './backup-requests.service';
import { BackupsService } from './backups.service';

@ApiTags('backups')
@ApiBearerAuth()
@Controller('instance/instances/:id/backups')
export class InstanceBackupsController {
  constructor(
    @Inject(BackupRequests) private readonly requests: BackupRequests,
    @Inject(BackupsService) private readonly backups: BackupsService,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Back an instance up',
    description:
      'Database and files of one moment, while the instance goes on. Complete when everything was read back.',
  })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: AcceptedBackupResponse })
  @ApiProblems(401, 403, 404, 409)
  async create(
    @Param('id', IdPipe) id: string,
    @CurrentActor() actor: Actor,
    @IdempotencyKeyHeader() idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedBackupResponse> {
    return give(await this.requests.create(id, { actor, idempotencyKey }), reply);
  }

  @Get()
  @ApiOperation({ summary: 'List the backups of an instance' })
  @ApiPaged()
  @ApiOkResponse({ type: BackupListResponse })
  @ApiProblems(401, 404, 422)
  list(
    @Param('id', IdPipe) id: string,
    @CurrentActor() actor: Actor,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<BackupListResponse> {
    return this.backups.list(id, actor, query);
  }
}
