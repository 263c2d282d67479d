import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { docker } from '../../infrastructure/scripts/docker.ts';
import type { BackupView } from './backups';
import type { Customer, InstanceView, OperationView } from './customer';
import { directoriesLike, type Leftovers, leftoversOf, tenantSql } from './leftovers';
import type { Site } from './site';

export interface DrilledView extends BackupView {
  readonly drill: {
    readonly status: string;
    readonly duration_ms: number;
    readonly restored_bytes: number | null;
    readonly rows: number | null;
    readonly files: number | null;
    readonly error: { readonly code: string } | null;
  } | null;
  readonly drill_put_off: { readonly times: number; readonly error: { readonly code: string } | null } | null;
}

export async function requestDrill(customer: Customer, backupId: string): Promise<OperationView> {
  const answer = await customer.call(`/instance/backups/${backupId}/drill`, { method: 'POST' });
  if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${answer.body}`);
  return (JSON.parse(answer.body) as { operation: OperationView }).operation;
}

export function readDrilled(customer: Customer, backupId: string): Promise<DrilledView> {
  return customer.read<DrilledView>(`/instance/backups/${backupId}`);
}

/** What is there of an instance, and by name whatever an operation has put beside it. */
export interface Beside extends Leftovers {
  readonly strays: readonly string[];
}

export async function besides(site: Site, instance: InstanceView): Promise<Beside> {
  const staged = `SELECT datname FROM pg_database WHERE datname ~ '^saasodoo_(staged|replaced)_'`;
  const directories = await directoriesLike(site, instance);
  const jobs = await docker([
    ...['service', 'ls', '--format', '{{.Name}}', '--filter', `label=saasodoo.instance.id=${instance.id}`],
    ...['--filter', 'label=saasodoo.job.id'],
  ]);
  return {
    ...(await leftoversOf(site, instance)),
    strays: [
      ...(await tenantSql(site, staged)),
      ...directories.filter((name) => name.includes('_staged_')),
      ...jobs.split('\n').filter(Boolean),
      ...(await readdir(join(site.storageRoot, 'odoo_backups', '.workspace'))),
    ],
  };
}
