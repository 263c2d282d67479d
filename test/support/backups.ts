import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { HttpAnswer } from '../../infrastructure/scripts/stack/http.ts';
import type { Customer, InstanceView, OperationView } from './customer';
import { directoryOf, tenantSql } from './leftovers';
import type { Site } from './site';

export interface BackupView {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly size_bytes: number | null;
  readonly files: number | null;
  readonly rows: number | null;
  readonly consistent: boolean | null;
  readonly encrypted: boolean | null;
  readonly error: { readonly code: string } | null;
}

export interface AcceptedBackup {
  readonly backup: BackupView;
  readonly operation: OperationView;
}

function accepted(answer: HttpAnswer): AcceptedBackup {
  if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as AcceptedBackup;
}

export async function requestBackup(customer: Customer, instanceId: string): Promise<AcceptedBackup> {
  return accepted(await customer.call(`/instance/instances/${instanceId}/backups`, { method: 'POST' }));
}

/** A backup that is complete. */
export async function takeBackup(customer: Customer, instanceId: string): Promise<BackupView> {
  const { backup, operation } = await requestBackup(customer, instanceId);
  await customer.succeeded(operation.id);
  return readBackup(customer, backup.id);
}

export function readBackup(customer: Customer, id: string): Promise<BackupView> {
  return customer.read<BackupView>(`/instance/backups/${id}`);
}

export async function listBackups(customer: Customer, instanceId: string): Promise<readonly BackupView[]> {
  const path = `/instance/instances/${instanceId}/backups`;
  return (await customer.read<{ backups: readonly BackupView[] }>(path)).backups;
}

export async function requestRestore(
  customer: Customer,
  backupId: string,
  json: Readonly<Record<string, unknown>> = {},
): Promise<AcceptedBackup> {
  return accepted(await customer.call(`/instance/backups/${backupId}/restore`, { method: 'POST', json }));
}

/** Where a site keeps the parts of a backup on this machine. */
export function backupFolder(site: Site, backupId: string): string {
  return join(site.storageRoot, 'odoo_backups', backupId);
}

/** Every file of the instance that a backup holds, with its hash. */
export async function filesOf(site: Site, instance: InstanceView): Promise<Record<string, string>> {
  const root = directoryOf(site, instance);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const kept = files.filter((path) => !relative(root, path).startsWith('sessions/')).sort();
  const hashed = await Promise.all(
    kept.map(async (path): Promise<[string, string]> => [
      relative(root, path),
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ]),
  );
  return Object.fromEntries(hashed);
}

const COUNT_ALL = `SELECT relname || '=' || (xpath('/row/n/text()', query_to_xml(format(
  'SELECT count(*) AS n FROM public.%I', relname), false, true, '')))[1]::text
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname`;

/** Rows by table, as `table=count`. */
export function rowsOf(site: Site, { database_name }: InstanceView): Promise<string[]> {
  return tenantSql(site, COUNT_ALL, database_name);
}
