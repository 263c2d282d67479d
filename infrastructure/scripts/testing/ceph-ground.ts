import { existsSync } from 'node:fs';
import { cephDown, cephUp } from '../ceph/ceph.ts';
import { CLUSTER_LABEL, clusterContainer, clusterName, mountContainer, mountPath } from '../ceph/names.ts';
import { docker, tryDocker } from '../docker.ts';
import { reasonOf } from '../errors.ts';
import { step } from '../progress.ts';

/** A Ceph for one site under test, and where its tests find it. */
export interface CephGround {
  readonly name: string;
  /** With mon, mgr, osd and mds. */
  readonly container: string;
  /** The client behind each mount. */
  readonly platformContainer: string;
  readonly tenantsContainer: string;
  readonly platformPath: string;
  readonly tenantsPath: string;
}

export function cephGround(site: string): CephGround {
  const name = clusterName(site);
  return {
    name,
    container: clusterContainer(name),
    platformContainer: mountContainer(name, 'platform'),
    tenantsContainer: mountContainer(name, 'tenants'),
    platformPath: mountPath(name, 'platform'),
    tenantsPath: mountPath(name, 'tenants'),
  };
}

/** Starts it; answers why there is none where it cannot be had. */
export async function startCeph({ name }: CephGround): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'tests see its mounts as root on Linux only';
  if (!existsSync('/dev/fuse')) return 'this machine has no /dev/fuse (`modprobe fuse`)';
  try {
    await step(`Ceph ${name}`, (note) => cephUp(name, [], note));
    return undefined;
  } catch (error) {
    return `it could not be started:\n${reasonOf(error)}`;
  }
}

/** Whether anything of it is on this machine. */
export async function isCephThere({ name, container }: CephGround): Promise<boolean> {
  const own = ['ps', '--all', '--quiet', '--filter', `label=${CLUSTER_LABEL}=${name}`];
  const { code } = await tryDocker(['volume', 'inspect', container]);
  return (await docker(own)) !== '' || code === 0;
}

/**
 * Clients go first and the hard way: what hangs on a Ceph that a dead run left frozen gets an error then, and its containers
 * can end.
 */
export async function removeCeph({ name, platformContainer, tenantsContainer }: CephGround): Promise<void> {
  await step(`Remove Ceph ${name}`, async (note) => {
    await tryDocker(['kill', platformContainer, tenantsContainer]);
    await cephDown(name, true, note);
  });
}
