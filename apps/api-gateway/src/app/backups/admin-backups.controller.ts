import { Body, Controller, Inject, Param, Put, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RecordRefusals } from '../audit/record-refusals.interceptor';
import { Change } from '../auth/change.decorator';
import { RequireRole } from '../auth/require-role.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { ApiIdempotent } from '../idempotency/idempotency-key-header.decorator';
import type { ChangeRequest } from '../instances/change-request';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { BackupEnds } from './backup-ends.service';
import { BackupResponse } from './backup.response';
import { KeepBackupRequest } from './keep-backup.request';

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('admin')
@UseInterceptors(RecordRefusals)
@Controller('admin/backups')
export class AdminBackupsController {
  constructor(@Inject(BackupEnds) private readonly ends: BackupEnds) {}

  @Put(':id/expiry')
  @ApiOperation({
    summary: 'Say until when a backup is kept',
    description:
      'Until then nothing deletes it by itself; afterwards safety backups and those of terminated instances go.',
  })
  @ApiIdempotent()
  @ApiOkResponse({ type: BackupResponse })
  @ApiProblems(401, 403, 404, 422)
  async setExpiry(
    @Change() change: ChangeRequest,
    @Param('id', IdPipe) id: string,
    @Body() request: KeepBackupRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BackupResponse> {
    return give(await this.ends.set({ id, ...change }, request), reply);
  }
}
