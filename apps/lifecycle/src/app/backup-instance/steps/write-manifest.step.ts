import { Injectable } from '@nestjs/common';
import {
  type BackupManifest,
  type BackupPart,
  DATABASE_PART,
  FILES_PART,
  MANIFEST_FORMAT,
  MANIFEST_PART,
} from '@saasodoo/backups/domain';
import { BackupRepository } from '@saasodoo/backups/data-access';
import { AppError } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { outputOf, type TenantContext } from '@saasodoo/tenants';
import { createHash } from 'node:crypto';
import { BackupStore } from '../../backups/backup-store';
import { BackupsConfig } from '../../backups/backups.config';
import { withBytesProgress } from '../../backups/bytes-progress';
import { madeBackupId, makesBackup } from '../../backups/instance-data';
import { readDumpFacts, readModules, readRowCounts } from '../../backups/read-dump-facts';
import { Workspace } from '../../backups/workspace';

/** Puts the parts where backups are kept, and beside them what they are and what they must be read back as. */
@Injectable()
export class WriteManifestStep implements Step<TenantContext> {
  readonly name = 'write-manifest';
  readonly timeoutMs: number;

  constructor(
    private readonly store: BackupStore,
    private readonly backups: BackupRepository,
    private readonly workspace: Workspace,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async isDone({ operation }: TenantContext): Promise<boolean> {
    return !makesBackup(operation);
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const backupId = madeBackupId(context.operation);
    const parts: BackupPart[] = [];
    for (const name of [DATABASE_PART, FILES_PART]) parts.push(await this.keep(context, backupId, name));
    const manifest = JSON.stringify(await this.describe(context, parts), null, 2);
    await this.store.keepText(backupId, MANIFEST_PART, manifest);
    return { manifest_sha256: createHash('sha256').update(manifest).digest('hex') };
  }

  private async keep(context: TenantContext, backupId: string, name: string): Promise<BackupPart> {
    let bytes = 0;
    const path = this.workspace.path(context.operation.id, name);
    return withBytesProgress(context, { what: `kept ${name}`, bytesSoFar: async () => bytes }, () =>
      this.store.keep(backupId, name, path, {
        signal: context.signal,
        onBytes: (soFar) => (bytes = soFar),
      }),
    );
  }

  private async describe(context: TenantContext, parts: readonly BackupPart[]): Promise<BackupManifest> {
    const { instance, operation, outputs } = context;
    const facts = await readDumpFacts(this.workspace.path(operation.id, 'facts.tsv'));
    const files = outputs['archive-files'] ?? {};
    const { id, kind } = await this.backups.get(madeBackupId(operation));
    const [missing, count] = [countOf(files, 'missing'), countOf(files, 'count')];
    return {
      ...{ format: MANIFEST_FORMAT, backup_id: id, kind },
      instance: {
        id: instance.id,
        customer_id: instance.customerId,
        name: instance.name,
        database_name: instance.databaseName,
      },
      odoo: {
        ...odooOf(context),
        modules: await readModules(this.workspace.path(operation.id, 'modules.tsv')),
      },
      database: {
        server_version: facts.serverVersion,
        size_bytes: facts.sizeBytes,
        tables: await readRowCounts(this.workspace.path(operation.id, 'rows.tsv')),
      },
      files: { count, bytes: countOf(files, 'bytes'), missing },
      consistent: missing === 0,
      parts,
      started_at: outputOf(outputs, 'open-backup', 'started_at'),
      completed_at: new Date().toISOString(),
    };
  }
}

function odooOf({ instance, image }: TenantContext): Omit<BackupManifest['odoo'], 'modules'> {
  const { reference, id } = image();
  return { version: instance.odooVersion, image: reference, image_id: id };
}

function countOf(output: JsonObject, key: string): number {
  const value = output[key];
  if (typeof value === 'number') return value;
  throw AppError.terminal('operation.output_missing', `the step archive-files left no ${key}`);
}
