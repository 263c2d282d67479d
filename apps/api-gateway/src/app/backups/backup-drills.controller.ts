import { Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { give } from '../http/answer';
import { ApiIdempotent } from '../idempotency/idempotency-key-header.decorator';
import { Command, type CommandRequest } from '../instances/command-request.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { AcceptedBackupResponse } from './accepted-backup.response';
import { DrillRequests } from './drill-requests.service';

@ApiTags('backups')
@ApiBearerAuth()
@Controller('instance/backups/:id/drill')
export class BackupDrillsController {
  constructor(@Inject(DrillRequests) private readonly requests: DrillRequests) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'See whether a backup can be restored',
    description:
      'It is restored in a throw-away place beside its instance, which goes on, and an Odoo is asked there. The result is ' +
      'shown on the backup. Whatever else is asked of the instance meanwhile calls it off.',
  })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: AcceptedBackupResponse })
  @ApiProblems(401, 403, 404, 409)
  async drill(
    @Command() { id, actor, idempotencyKey }: CommandRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedBackupResponse> {
    return give(await this.requests.drill(id, { actor, idempotencyKey }), reply);
  }
}
