import { docker, tryDocker } from '../docker.ts';
import { SetupError } from '../errors.ts';
import { poll } from '../process.ts';
import { type ClusterWish, isRunning, labelArguments } from './cluster.ts';
import { onHost } from './host.ts';
import { type Client, clusterContainer, mountContainer, mountFolder, mountPath, MOUNTS } from './names.ts';

const MOUNTED_WITHIN_MS = 30_000;

export interface MountWish extends ClusterWish {
  /** The last part of its path. */
  readonly mount: string;
  readonly client: Client;
}

/** The folder is a mount point of its own that shares what is mounted below it, so that a container can mount for the host. */
async function ensureFolder(image: string, folder: string): Promise<void> {
  await onHost(
    image,
    `mkdir -p ${folder} && { mountpoint -q ${folder} || mount --bind ${folder} ${folder}; } && mount --make-shared ${folder}`,
  );
}

/** A mount whose cluster is gone does not fail, it waits: hence the time limit, inside too, where the look would stay behind. */
async function isMounted(container: string, path: string): Promise<boolean> {
  if (!(await isRunning(container))) return false;
  const look = ['timeout', '-s', 'KILL', '10', 'getfattr', '-n', 'ceph.dir.rbytes', path];
  return (await tryDocker(['exec', container, ...look], { timeoutMs: 15_000 })).code === 0;
}

/** What a mount that died has left answers every access with an error until it is taken off. */
export async function clearMount(image: string, container: string, path: string): Promise<void> {
  await tryDocker(['stop', '--time', '3', container]);
  await tryDocker(['rm', '--force', '--volumes', container]);
  await onHost(image, `while grep -q ' ${path} ' /proc/self/mounts; do umount -l ${path}; done`);
}

/** CephFS is mounted on the host at the path that is answered; one that works already is left alone. */
export async function ensureMount(wish: MountWish): Promise<string> {
  const { name, image, labels, mount, client } = wish;
  const [container, path] = [mountContainer(name, mount), mountPath(name, mount)];
  if (await isMounted(container, path)) return path;
  await clearMount(image, container, path);
  await ensureFolder(image, mountFolder(name));
  await docker([
    ...['run', '--detach', '--init', '--name', container],
    ...['--network', `container:${clusterContainer(name)}`, '--volumes-from', clusterContainer(name)],
    // FUSE and mount(2), and nothing else of what a privileged container may.
    ...['--device', '/dev/fuse', '--cap-add', 'SYS_ADMIN'],
    ...['--security-opt', 'apparmor=unconfined', '--security-opt', 'seccomp=unconfined'],
    ...['--volume', `${mountFolder(name)}:${mountFolder(name)}:rshared`],
    ...labelArguments(name, labels),
    ...[image, '/usr/local/lib/saasodoo/mount.sh', path, client],
  ]);
  const mounted = await poll(async () => (await isMounted(container, path)) || undefined, MOUNTED_WITHIN_MS);
  if (mounted === true) return path;
  const { output } = await tryDocker(['logs', '--tail', '20', container]);
  throw new SetupError(
    `CephFS could not be mounted at ${path}:\n${output}`,
    'load the module fuse (`modprobe fuse`) and start again.',
  );
}

/** Takes off the folders of clusters that no container belongs to any more, as a run that died leaves them. */
export async function clearDeadFolders(image: string, alive: readonly string[]): Promise<void> {
  const folders = await onHost(image, `ls -1 ${MOUNTS} 2>/dev/null || true`);
  for (const name of folders.split('\n').filter((found) => found !== '' && !alive.includes(found))) {
    await clearFolder(image, name);
  }
}

/** Only mounts are taken off and only empty directories removed: whatever else is there is nobody's to delete. */
export async function clearFolder(image: string, name: string): Promise<void> {
  const folder = mountFolder(name);
  await onHost(
    image,
    `awk '{print $2}' /proc/self/mounts | grep -e '^${folder}/' -e '^${folder}$' | sort -r | xargs -r umount -l; ` +
      `rmdir ${folder}/* ${folder} 2>/dev/null || true`,
  );
}
