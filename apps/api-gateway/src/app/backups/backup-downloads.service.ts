import { Inject, Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import type { Backup } from '@saasodoo/backups/domain';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import type { FastifyReply } from 'fastify';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { DataSource } from 'typeorm';
import { GatewayConfig } from '../app.config';
import { backupUnknown } from './backup-unknown';

/** Hands backups on from the app that reads them: the gateway has no storage. Each download is written down. */
@Injectable()
export class BackupDownloads {
  constructor(
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BackupRepository) private readonly backups: BackupRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `backup.not_found`, `role.insufficient`, `backup.not_completed`, `backup.source_unavailable` (503). */
  async send(id: string, actor: Actor, reply: FastifyReply): Promise<void> {
    const backup = await this.backups.findInScope(id, changeScope(actor));
    if (backup === undefined) throw backupUnknown();
    if (backup.status !== 'completed') throw notCompleted(backup);
    const { customerId } = backup;
    await this.audit.record(this.dataSource.manager, {
      ...{ actor, customerId, action: 'backup.download', subject: id },
    });
    const away = new AbortController();
    reply.raw.once('close', () => away.abort());
    const body = await this.open(id, away.signal);
    const name = `${backup.databaseName}-${backup.createdAt.toISOString().slice(0, 10)}.zip`;
    await reply
      .header('content-type', 'application/zip')
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'no-store')
      .send(body);
  }

  /** Its first byte may take as long as the unpacking of a large backup. Throws `backup.source_unavailable` (503). */
  async open(id: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { LIFECYCLE_URL: url, BACKUP_KEY: key } = this.config;
    if (url === undefined || key === undefined) throw unavailable('it is not configured');
    const address = new URL(`/internal/backups/${id}/download`, url);
    const outgoing = request(address, { headers: { authorization: `Bearer ${key}` }, signal }).end();
    const answer = await responseTo(outgoing);
    if (answer.statusCode === 200) return answer;
    answer.resume();
    throw unavailable(`it answered ${answer.statusCode}`);
  }
}

async function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  try {
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return answer;
  } catch (error) {
    throw unavailable('it cannot be reached', error);
  }
}

function notCompleted({ status }: Backup): AppError {
  return AppError.terminal('backup.not_completed', `the backup is ${status}`, {
    httpStatus: 409,
    hint: 'Only a completed backup can be downloaded.',
  });
}

function unavailable(reason: string, cause?: unknown): AppError {
  return AppError.retryable('backup.source_unavailable', `the app that reads backups is away: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    httpStatus: 503,
    hint: 'Try again in a moment.',
  });
}
