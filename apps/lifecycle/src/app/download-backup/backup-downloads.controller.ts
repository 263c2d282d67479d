import { Controller, Get, Param, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { BackupDownloads } from './backup-downloads';
import { BackupKeyGuard } from './backup-key.guard';
import { DownloadErrorFilter } from './download-error.filter';

/** For the gateway, which has no storage. */
@Controller('internal/backups')
@UseGuards(BackupKeyGuard)
@UseFilters(DownloadErrorFilter)
export class BackupDownloadsController {
  constructor(private readonly downloads: BackupDownloads) {}

  @Get(':id/download')
  async download(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const away = new AbortController();
    reply.raw.once('close', () => away.abort());
    const archive = await this.downloads.open(id, away.signal);
    await reply.header('content-type', 'application/zip').send(archive);
  }
}
