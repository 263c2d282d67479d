import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { CurrentActor } from '../auth/current-actor.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { ApiIdempotent, IdempotencyKeyHeader } from '../idempotency/idempotency-key-header.decorator';
import { Command, type CommandRequest } from '../instances/command-request.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { AcceptedBackupResponse } from './accepted-backup.response';
import { BackupDownloads } from './backup-downloads.service';
import { BackupRequests } from './backup-requests.service';
import { BackupResponse } from './backup.response';
import { BackupsService } from './backups.service';
import { CopyBackupRequest } from './copy-backup.request';
import { InstanceResponse } from '../instances/instance.response';
import { RestoreElsewhere } from './restore-elsewhere.service';
import { RestoreBackupRequest } from './restore-backup.request';
import { RestoreRequests } from './restore-requests.service';

@ApiTags('backups')
@ApiBearerAuth()
@Controller('instance/backups/:id')
export class BackupsController {
  constructor(
    @Inject(BackupsService) private readonly backups: BackupsService,
    @Inject(BackupRequests) private readonly requests: BackupRequests,
    @Inject(RestoreRequests) private readonly restores: RestoreRequests,
    @Inject(RestoreElsewhere) private readonly copies: RestoreElsewhere,
    @Inject(BackupDownloads) private readonly downloads: BackupDownloads,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Look at a backup' })
  @ApiOkResponse({ type: BackupResponse })
  @ApiProblems(401, 404)
  get(@Param('id', IdPipe) id: string, @CurrentActor() actor: Actor): Promise<BackupResponse> {
    return this.backups.get(id, actor);
  }

  @Delete()
  @HttpCode(202)
  @ApiOperation({ summary: 'Delete a backup' })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: AcceptedBackupResponse })
  @ApiProblems(401, 403, 404, 409)
  async delete(
    @Param('id', IdPipe) id: string,
    @CurrentActor() actor: Actor,
    @IdempotencyKeyHeader() idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedBackupResponse> {
    return give(await this.requests.delete(id, { actor, idempotencyKey }), reply);
  }

  @Post('restore')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Put the data of a backup in the place of what its instance has',
    description:
      'The instance is down for a moment and is backed up once more before. Whatever fails, it is as it was.',
  })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: AcceptedBackupResponse })
  @ApiProblems(401, 403, 404, 409, 422)
  async restore(
    @Command() { id, actor, idempotencyKey }: CommandRequest,
    @Body() request: RestoreBackupRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedBackupResponse> {
    return give(await this.restores.restore(id, request, { actor, idempotencyKey }), reply);
  }

  @Post('copy')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Make a new instance of a backup',
    description:
      'Of the same shape, with an identity, an address and an administrator of its own; neutralised unless you say no.',
  })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: InstanceResponse })
  @ApiProblems(401, 403, 404, 409, 422)
  async copy(
    @Command() { id, actor, idempotencyKey }: CommandRequest,
    @Body() request: CopyBackupRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceResponse> {
    return give(await this.copies.restore(id, request, { actor, idempotencyKey }), reply);
  }

  @Get('download')
  @ApiOperation({
    summary: 'Download a backup',
    description: "As Odoo's own database manager writes and reads it: dump.sql, filestore and manifest.json.",
  })
  @ApiProduces('application/zip')
  @ApiOkResponse({ description: 'A zip.' })
  @ApiProblems(401, 404, 409, 503)
  async download(
    @Param('id', IdPipe) id: string,
    @CurrentActor() actor: Actor,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.downloads.send(id, actor, reply);
  }
}
