import { docker, tryDocker } from '../docker.ts';
import { SetupError } from '../errors.ts';
import { poll } from '../process.ts';
import type { Note } from '../progress.ts';
import { CLUSTER_LABEL, clusterContainer, OBJECT_STORE_PORT } from './names.ts';

/** On two busy cores a first start takes some ten seconds. */
const READY_WITHIN_MS = 120_000;

export interface ClusterWish {
  readonly name: string;
  readonly image: string;
  /** Further labels of its containers, such as those of a test run. */
  readonly labels: readonly string[];
}

export async function isRunning(container: string): Promise<boolean> {
  const { code, stdout } = await tryDocker(['inspect', '--format', '{{.State.Running}}', container]);
  return code === 0 && stdout.trim() === 'true';
}

async function isReady(container: string): Promise<boolean> {
  return (await tryDocker(['exec', container, 'test', '-e', '/run/ceph-ready'])).code === 0;
}

/** The daemons run and CephFS can be mounted. True when they had to be started: mounts of earlier daemons are dead then. */
export async function ensureCluster({ name, image, labels }: ClusterWish, note: Note): Promise<boolean> {
  const container = clusterContainer(name);
  if ((await isRunning(container)) && (await isReady(container))) return false;
  await tryDocker(['rm', '--force', container]);
  note('starting mon, mgr, osd and mds');
  await docker([
    ...['run', '--detach', '--init', '--name', container, '--hostname', container],
    // Its daemons can be reached through the loopback alone, which mounts share; of the rest, this machine sees the object store.
    ...['--publish', `127.0.0.1::${OBJECT_STORE_PORT}`, '--volume', `${container}:/var/lib/ceph`],
    ...['--log-opt', 'max-size=5m', '--log-opt', 'max-file=2'],
    ...labelArguments(name, labels),
    image,
  ]);
  if ((await poll(async () => (await isReady(container)) || undefined, READY_WITHIN_MS)) === true)
    return true;
  const { output } = await tryDocker(['logs', '--tail', '40', container]);
  throw new SetupError(
    `Ceph did not become ready:\n${output}`,
    `look at its log above; \`npm run ceph -- down --name ${name} --purge\` clears it away.`,
  );
}

/** Tells Swarm that instances on CephFS can be placed on this machine, where it is a manager of one. */
export async function labelNode(hasCephFs: boolean): Promise<void> {
  const change = hasCephFs ? ['--label-add', 'saasodoo.cephfs=true'] : ['--label-rm', 'saasodoo.cephfs'];
  const format = '{{if .Swarm.ControlAvailable}}{{.Swarm.NodeID}}{{end}}';
  const node = await docker(['info', '--format', format]);
  // A label that is not there cannot be removed.
  if (node !== '') await tryDocker(['node', 'update', ...change, node]);
}

export function labelArguments(name: string, labels: readonly string[]): string[] {
  return [`${CLUSTER_LABEL}=${name}`, ...labels].flatMap((label) => ['--label', label]);
}

export async function clusterNames(): Promise<string[]> {
  const listed = await docker([
    ...['ps', '--all', '--filter', `label=${CLUSTER_LABEL}`],
    ...['--format', `{{.Label "${CLUSTER_LABEL}"}}`],
  ]);
  return [...new Set(listed.split('\n').filter(Boolean))].sort();
}
