import { Inject, Injectable } from '@nestjs/common';
import type { Backup } from '@saasodoo/backups/domain';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { CustomersService } from '../admin/customers.service';
import { BackupDownloads } from '../backups/backup-downloads.service';
import { choice, type Query } from '../http/filters';
import { assertKnownParameters } from '../http/page';
import { ExportLists } from './export-lists';
import { type ExportPart, exportZip, jsonLines } from './export-zip';

/** To be raised when what an export consists of changes in a way that a reader would get wrong. */
export const EXPORT_FORMAT = 1;

const INCLUDABLE = ['backups'] as const;

/** Everything that a customer has, as one zip that is made while it is read. Each export is written down. */
@Injectable()
export class ExportsService {
  constructor(
    @Inject(CustomersService) private readonly customers: CustomersService,
    @Inject(ExportLists) private readonly lists: ExportLists,
    @Inject(BackupDownloads) private readonly downloads: BackupDownloads,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `role.insufficient`, `customer.not_found`, or `InvalidRequest` for a query it cannot follow. */
  async send(customerId: string, actor: Actor, query: Query, reply: FastifyReply): Promise<void> {
    changeScope(actor);
    assertKnownParameters(query, ['include']);
    const withBackups = choice(query, 'include', INCLUDABLE).include === 'backups';
    const profile = await this.customers.get(customerId);
    const backups = withBackups ? await this.lists.newestBackups(customerId) : [];
    await this.audit.recordAlone({
      ...{ actor, customerId, action: 'customer.export', subject: customerId },
      after: { backups: backups.map(({ id }) => id) },
    });
    const away = new AbortController();
    reply.raw.once('close', () => away.abort());
    const parts = [...this.facts(customerId, profile), ...this.zips(backups, away.signal)];
    const name = `export-${new Date().toISOString().slice(0, 10)}.zip`;
    await reply
      .header('content-type', 'application/zip')
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'no-store')
      .send(exportZip([described(customerId, parts), ...parts]));
  }

  private facts(customerId: string, profile: object): ExportPart[] {
    const lists = {
      'instances.json': () => this.lists.instances(customerId),
      'backups.json': () => this.lists.backups(customerId),
      'imports.json': () => this.lists.imports(customerId),
      'operations.json': () => this.lists.operations(customerId),
      'history.json': () => this.lists.history(customerId),
      'audit.json': () => this.lists.audit(customerId),
    };
    return [
      document('profile.json', profile),
      ...Object.entries(lists).map(([name, list]) => ({
        ...{ name, compress: true },
        open: async () => jsonLines(list()),
      })),
    ];
  }

  private zips(backups: readonly Backup[], signal: AbortSignal): ExportPart[] {
    return backups.map((backup) => ({
      name: `backups/${backup.databaseName}-${backup.createdAt.toISOString().slice(0, 10)}-${backup.id}.zip`,
      compress: false,
      open: () => this.downloads.open(backup.id, signal),
    }));
  }
}

/** What the zip is, and what is in it. */
function described(customer_id: string, parts: readonly ExportPart[]): ExportPart {
  const exported_at = new Date().toISOString();
  const files = parts.map(({ name }) => name);
  return document('export.json', { format: EXPORT_FORMAT, customer_id, exported_at, files });
}

function document(name: string, content: object): ExportPart {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  return {
    name,
    compress: true,
    open: async () => Readable.from([Buffer.from(text)], { objectMode: false }),
  };
}
