import { docker } from '../../infrastructure/scripts/docker.ts';
import type { Customer, InstanceView, OperationView } from './customer';
import { containerOf, controlSql, tenantSql } from './leftovers';
import type { Site } from './site';

export interface UpgradePreview {
  readonly from_version: string;
  readonly to_version: string;
  readonly from_image: string | null;
  readonly to_image: string;
  readonly modules: readonly string[];
  readonly steps: readonly string[];
}

/** Asks for an upgrade that must be accepted. */
export function requestUpgrade(
  customer: Customer,
  { id }: InstanceView,
  json: Readonly<Record<string, unknown>> = {},
): Promise<OperationView> {
  return customer.command(id, 'upgrade', json);
}

/** As if the instance had been made when its version had another image on the site. */
export async function runsAnotherImage(
  site: Site,
  { id }: InstanceView,
  { image, version }: { readonly image: string; readonly version: string },
): Promise<void> {
  const sql = `UPDATE instance SET odoo_version = '${version}',
    odoo_image = jsonb_set(odoo_image, '{image}', '"${image}"') WHERE id = '${id}'`;
  await controlSql(site, sql);
}

/** What the platform says that an instance runs, and what its service has. */
export async function imagesOf(site: Site, { id, service_name }: InstanceView): Promise<string[]> {
  const [recorded = ''] = await controlSql(
    site,
    `SELECT odoo_image ->> 'image' FROM instance WHERE id = '${id}'`,
  );
  const shown = '{{.Spec.TaskTemplate.ContainerSpec.Image}}';
  return [recorded, (await docker(['service', 'inspect', service_name, '--format', shown])).trim()];
}

/** A hash of everything in the database. */
export async function contentOf(site: Site, { database_name }: InstanceView): Promise<string> {
  const container = await containerOf(site, 'tenant-postgres');
  const dump = `pg_dump -U saasodoo_admin -d '${database_name}' | grep -vE '^.(un)?restrict ' | sha256sum`;
  return docker(['exec', '-u', 'postgres', container, 'bash', '-o', 'pipefail', '-c', dump]);
}

/** The modules that the light Odoo has updated last. */
export async function updatedModules(site: Site, { database_name }: InstanceView): Promise<string[]> {
  const sql = `SELECT value FROM ir_config_parameter WHERE key = 'light.updated'`;
  return tenantSql(site, sql, database_name);
}

/** Types of the events that an operation has sent. */
export async function eventsOf(site: Site, { id }: Pick<OperationView, 'id'>): Promise<string[]> {
  const sent = `SELECT type, payload FROM outbox UNION ALL SELECT type, payload FROM outbox_archive`;
  const sql = `SELECT type FROM (${sent}) AS sent WHERE payload ->> 'operation_id' = '${id}'
    AND type IN ('instance.upgraded.v1', 'instance.upgrade_failed.v1') ORDER BY type`;
  return controlSql(site, sql);
}
