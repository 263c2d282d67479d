import { Controller, Param, Put, Req, UseFilters, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { RECEIVES_SLOWLY } from '@saasodoo/bootstrap';
import type { FastifyRequest } from 'fastify';
import { BackupKeyGuard } from '../download-backup/backup-key.guard';
import { DownloadErrorFilter } from '../download-backup/download-error.filter';
import { ImportUploads } from './import-uploads';

/** For the gateway, which has no storage. */
@Controller('internal/imports')
@UseGuards(BackupKeyGuard)
@UseFilters(DownloadErrorFilter)
export class ImportUploadsController {
  constructor(private readonly uploads: ImportUploads) {}

  @Put(':id/content')
  @RouteConfig(RECEIVES_SLOWLY)
  async receive(@Param('id') id: string, @Req() { raw }: FastifyRequest): Promise<object> {
    const away = new AbortController();
    raw.once('close', () => {
      if (!raw.complete) away.abort();
    });
    const { status } = await this.uploads.receive(id, raw, away.signal);
    return { status };
  }
}
