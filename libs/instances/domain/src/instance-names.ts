import { shortHex } from '@saasodoo/kernel';

/** `odoo-{database}-{hex8}`, at most 63 characters: the Swarm service, and its name in the overlay's DNS. */
export function serviceName(databaseName: string, id: string): string {
  return `odoo-${databaseName}-${shortHex(id)}`;
}

/** `odoo_data_{database}_{hex8}`: the directory below the storage root. */
export function storageDirectoryName(databaseName: string, id: string): string {
  return `odoo_data_${databaseName}_${shortHex(id)}`;
}

/**
 * `{database}_{hex32}`: what is kept of it after its end. The whole id, since others may have had the name of its database
 * before it, within the minute in which ids begin alike.
 */
export function finalDumpName(databaseName: string, id: string): string {
  return `${databaseName}_${id.replaceAll('-', '')}`;
}

/** The PostgreSQL role that owns the database: the whole id, so that it is as unique as the instance. */
export function databaseRoleName(id: string): string {
  return `odoo_${id.replaceAll('-', '')}`;
}

export interface ExternalAddress {
  readonly scheme: 'http' | 'https';
  readonly baseDomain: string;
  /** Left out of the URL when it is the scheme's own. */
  readonly port?: number;
}

/** `http://{database}.{base domain}`, with the port when it is not the scheme's own. */
export function externalUrl(databaseName: string, { scheme, baseDomain, port }: ExternalAddress): string {
  const ownPort = scheme === 'https' ? 443 : 80;
  const suffix = port === undefined || port === ownPort ? '' : `:${port}`;
  return `${scheme}://${databaseName}.${baseDomain}${suffix}`;
}

/** Where the edge finds Odoo in the overlay network. */
export function internalUrl(service: string): string {
  return `http://${service}:8069`;
}
