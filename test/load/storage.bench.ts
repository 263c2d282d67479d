import { CephFs } from '@saasodoo/ceph';
import { newId } from '@saasodoo/kernel';
import { CephStorage } from '@saasodoo/storage';
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';

const DIRECTORIES = 1_000;
const AT_ONCE = 4;
const GIBIBYTE = 1024 ** 3;

/** The same with nothing around it: two processes a directory for the quota, one for the usage. */
const BY_HAND = `
for directory in "$1"/*; do
  setfattr -n ceph.quota.max_bytes -v ${GIBIBYTE} "$directory"
  test "$(getfattr --only-values --absolute-names -n ceph.quota.max_bytes "$directory")" = ${GIBIBYTE} || exit 1
done`;
const USAGE_BY_HAND = `
for directory in "$1"/*; do getfattr --only-values --absolute-names -n ceph.dir.rbytes "$directory"; done`;

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  const each = (ms / DIRECTORIES).toFixed(2);
  process.stdout.write(
    `${what.padEnd(52)} ${(ms / 1000).toFixed(2).padStart(7)} s  ${each.padStart(7)} ms each\n`,
  );
}

/** Some at a time, as operations that run side by side. */
async function spread(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
  const queue = [...names];
  const take = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await work(name);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
}

async function main(): Promise<void> {
  const mount = process.env['CEPH_MOUNT'];
  if (mount === undefined) throw new Error('CEPH_MOUNT names no mount of CephFS');
  const root = join(mount, `bench-${newId()}`);
  await mkdir(root);
  const ceph = new CephFs(root);
  const storage = new CephStorage(root, ceph);
  const names = Array.from({ length: DIRECTORIES }, (_, index) => `odoo_data_bench_${index}`);
  const paths = names.map((name) => storage.path(name));
  process.stdout.write(`\n${DIRECTORIES} directories, load average ${loadavg()[0]?.toFixed(1)}\n`);
  try {
    await mkdir(join(root, 'odoo_instances'));
    for (const path of paths) await mkdir(path);
    const sh = (script: string) => async () =>
      execFileSync('sh', ['-c', script, 'sh', join(root, 'odoo_instances')]);
    await timed('set and read quotas, by hand, one by one', sh(BY_HAND));
    await timed('set and read quotas, one by one', async () => {
      for (const path of paths) await ceph.quotas.set(path, { maxBytes: 2 * GIBIBYTE }, { force: true });
    });
    await timed(`set and read quotas, ${AT_ONCE} at a time`, () =>
      spread(paths, (path) => ceph.quotas.set(path, { maxBytes: 3 * GIBIBYTE }, { force: true })),
    );
    await timed('set quotas unless below usage, 4 at a time', () =>
      spread(names, (name) => storage.setQuota(name, 4 * GIBIBYTE)),
    );
    await timed('usage of all, by hand, one by one', sh(USAGE_BY_HAND));
    await timed('usage of all, as the sampler asks', async () => {
      if ((await storage.usages(names)).size !== DIRECTORIES) throw new Error('not all are there');
    });
  } finally {
    await new CephFs(mount).trees.remove(root);
  }
}

void main();
