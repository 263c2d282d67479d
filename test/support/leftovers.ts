import { readdir } from 'node:fs/promises';
import { docker } from '../../infrastructure/scripts/docker.ts';
import type { Site } from './site';

/** What exists outside PostgreSQL for one instance: exactly one of each while it lives, none afterwards. */
export interface Leftovers {
  readonly services: number;
  readonly secrets: number;
  readonly databases: number;
  readonly roles: number;
  readonly directories: number;
}

export const ONE_OF_EACH: Leftovers = { services: 1, secrets: 1, databases: 1, roles: 1, directories: 1 };
export const NOTHING: Leftovers = { services: 0, secrets: 0, databases: 0, roles: 0, directories: 0 };

async function count(args: readonly string[]): Promise<number> {
  return (await docker(args)).split('\n').filter(Boolean).length;
}

/** The running container of one of the site's own services. */
export async function containerOf(site: Site, service: string): Promise<string> {
  const label = `label=com.docker.swarm.service.name=${site.name}_${service}`;
  const [id] = (await docker(['ps', '-q', '--filter', label, '--filter', 'status=running'])).split('\n');
  if (!id) throw new Error(`no container of ${site.name}_${service} is running`);
  return id;
}

/** Runs SQL on the tenants' database server as its administrator; answers the rows as text. */
export async function tenantSql(site: Site, sql: string, database = 'postgres'): Promise<string[]> {
  const container = await containerOf(site, 'tenant-postgres');
  const psql = ['psql', '-q', '-U', 'saasodoo_admin', '-d', database, '-At', '-c', sql];
  return (await docker(['exec', '-u', 'postgres', container, ...psql])).split('\n').filter(Boolean);
}

/** Runs SQL on the control database; answers the rows as text. */
export async function controlSql(site: Site, sql: string): Promise<string[]> {
  const container = await containerOf(site, 'postgres');
  const psql = ['psql', '-U', 'saasodoo', '-d', 'saasodoo', '-At', '-c', sql];
  return (await docker(['exec', '-u', 'postgres', container, ...psql])).split('\n').filter(Boolean);
}

interface Named {
  readonly id: string;
  readonly database_name: string;
}

function directoryName({ id, database_name }: Named): string {
  return `odoo_data_${database_name}_${id.replaceAll('-', '').slice(0, 8)}`;
}

/** Where an instance keeps its files on this machine. */
export function directoryOf(site: Site, instance: Named): string {
  return `${site.storageRoot}/odoo_instances/${directoryName(instance)}`;
}

/** What lies under the name of an instance's directory, or one that begins with it, and what is said of whom it belongs to. */
export async function directoriesLike(site: Site, instance: Named): Promise<string[]> {
  const places = ['odoo_instances', 'odoo_instances/.owners'].map(
    (folder) => `${site.storageRoot}/${folder}`,
  );
  const names = await Promise.all(places.map((place) => readdir(place)));
  return names.flat().filter((name) => name.startsWith(directoryName(instance)));
}

export async function leftoversOf(site: Site, instance: Named): Promise<Leftovers> {
  const label = `label=saasodoo.instance.id=${instance.id}`;
  const folders = await readdir(`${site.storageRoot}/odoo_instances`).catch(() => [] as string[]);
  return {
    services: await count(['service', 'ls', '-q', '--filter', label]),
    secrets: await count(['secret', 'ls', '-q', '--filter', label]),
    databases: (
      await tenantSql(site, `SELECT 1 FROM pg_database WHERE datname = '${instance.database_name}'`)
    ).length,
    roles: (
      await tenantSql(
        site,
        `SELECT 1 FROM pg_roles WHERE rolname LIKE '%${instance.id.replaceAll('-', '')}%'`,
      )
    ).length,
    directories: folders.filter((name) => name === directoryName(instance)).length,
  };
}
