import { SetupError } from '../errors.ts';

/** Where the clusters of a machine have their mounts, each in a folder of its own. */
export const MOUNTS = '/var/lib/saasodoo-ceph';

export const CLUSTER_LABEL = 'saasodoo.ceph.cluster';

/** Clients of CephFS by the mount that they make: the platform sets quotas and takes snapshots, tenants do neither. */
export const CLIENTS = ['platform', 'tenants'] as const;
export type Client = (typeof CLIENTS)[number];

/** A name that is safe in containers, paths and shells. Throws SetupError. */
export function clusterName(given: string): string {
  if (/^[a-z0-9][a-z0-9.-]{0,40}$/.test(given)) return given;
  throw new SetupError(
    `'${given}' is no name for a Ceph cluster.`,
    'use lower-case letters, digits, dots and hyphens, such as dev.',
  );
}

export function clusterContainer(name: string): string {
  return `saasodoo-ceph-${name}`;
}

/** Where its object store listens, among its daemons. */
export const OBJECT_STORE_PORT = 7480;

export function objectStoreContainer(name: string): string {
  return `${clusterContainer(name)}-object-store`;
}

export function mountContainer(name: string, mount: string): string {
  return `saasodoo-ceph-${name}-at-${mount}`;
}

export function mountFolder(name: string): string {
  return `${MOUNTS}/${name}`;
}

export function mountPath(name: string, mount: string): string {
  return `${mountFolder(name)}/${mount}`;
}
