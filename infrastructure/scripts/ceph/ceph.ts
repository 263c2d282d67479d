import { docker, tryDocker } from '../docker.ts';
import { ensureEngine } from '../engine.ts';
import { withLock } from '../lock.ts';
import { inState } from '../paths.ts';
import type { Note } from '../progress.ts';
import { clusterNames, ensureCluster, isRunning, labelNode } from './cluster.ts';
import { ensureCephImage } from './image.ts';
import { clearDeadFolders, clearFolder, clearMount, ensureMount } from './mounts.ts';
import { removeObjectStore } from './object-store.ts';
import { type Client, CLIENTS, CLUSTER_LABEL, clusterContainer, mountContainer, mountPath } from './names.ts';

export interface CephStatus {
  readonly name: string;
  readonly isRunning: boolean;
  /** Paths on the engine's machine, by the client that mounted them. */
  readonly mounts: Readonly<Record<string, string>>;
}

const LOCK = inState('ceph.lock');

/** A Ceph of this name runs and is mounted once for each client; what works already is left alone. */
export async function cephUp(name: string, labels: readonly string[], note: Note): Promise<CephStatus> {
  await ensureEngine();
  const image = await ensureCephImage(note);
  return withLock(LOCK, async () => {
    await clearDeadFolders(image, [name, ...(await clusterNames())]);
    const wish = { name, image, labels };
    if (await ensureCluster(wish, note)) await clearMounts(image, name);
    const mounts: Record<string, string> = {};
    for (const client of CLIENTS) {
      note(`mounting for the ${client}`);
      mounts[client] = await ensureMount({ ...wish, mount: client, client });
    }
    await labelNode(true);
    return { name, isRunning: true, mounts };
  });
}

/** One more mount of a running cluster, at its own path. */
export async function cephMount(name: string, mount: string, client: Client, note: Note): Promise<string> {
  const image = await ensureCephImage(note);
  return withLock(LOCK, () => ensureMount({ name, image, labels: [], mount, client }));
}

export async function cephUnmount(name: string, mount: string, note: Note): Promise<void> {
  const image = await ensureCephImage(note);
  await withLock(LOCK, () => clearMount(image, mountContainer(name, mount), mountPath(name, mount)));
}

/** Unmounts and stops it; its files stay for the next start unless they are purged. */
export async function cephDown(name: string, purge: boolean, note: Note): Promise<void> {
  const image = await ensureCephImage(note);
  await withLock(LOCK, async () => {
    await clearMounts(image, name);
    await removeObjectStore(name);
    await clearFolder(image, name);
    const container = clusterContainer(name);
    await tryDocker(['stop', '--time', '10', container]);
    await tryDocker(['rm', '--force', container]);
    if (purge) await tryDocker(['volume', 'rm', '--force', container]);
    if ((await clusterNames()).length === 0) await labelNode(false);
  });
}

export async function cephStatus(): Promise<CephStatus[]> {
  return Promise.all((await clusterNames()).map(statusOf));
}

async function statusOf(name: string): Promise<CephStatus> {
  const mounts: Record<string, string> = {};
  for (const mount of await mountNames(name)) mounts[mount] = mountPath(name, mount);
  return { name, isRunning: await isRunning(clusterContainer(name)), mounts };
}

async function clearMounts(image: string, name: string): Promise<void> {
  for (const mount of await mountNames(name)) {
    await clearMount(image, mountContainer(name, mount), mountPath(name, mount));
  }
}

async function mountNames(name: string): Promise<string[]> {
  const prefix = mountContainer(name, '');
  const listed = await docker([
    ...['ps', '--all', '--filter', `label=${CLUSTER_LABEL}=${name}`],
    ...['--format', '{{.Names}}'],
  ]);
  return listed
    .split('\n')
    .filter((found) => found.startsWith(prefix))
    .map((found) => found.slice(prefix.length))
    .sort();
}
