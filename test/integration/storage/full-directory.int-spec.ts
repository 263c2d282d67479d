import { CephFs } from '@saasodoo/ceph';
import { newId, until } from '@saasodoo/kernel';
import { CephStorage } from '@saasodoo/storage';
import { describeOnCeph, testLabels } from '@saasodoo/testing';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const MEBIBYTE = 1024 ** 2;
const IMAGE = 'saasodoo/ceph:18-debian';
const NAME = 'odoo_data_full_1';
/** Who Odoo is in its container: the owner of the directory, and nobody else. */
const USER = 101;

/** Keeps a file it read at its start open, and writes one file after the other, whatever comes of it. */
const TENANT = `
echo kept > /data/first
while :; do
  if dd if=/dev/zero of=/data/$(date +%s%N) bs=1M count=4 conv=fsync 2> /tmp/error; then echo written
  else echo "refused, reads $(cat /data/first): $(grep -o 'Disk quota exceeded' /tmp/error)"; fi
  sleep 0.2
done`;

describeOnCeph('a tenant whose directory is full', (ceph) => {
  const root = join(ceph.platform, `full-${newId()}`);
  const storage = new CephStorage(root, new CephFs(root));
  const seenByTenants = storage.path(NAME).replace(ceph.platform, ceph.tenants);
  let container: string;

  const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim();
  const inside = (script: string) =>
    spawnSync('docker', ['exec', container, 'sh', '-c', script], { encoding: 'utf8' });
  const lastLine = () => docker('logs', '--tail', '1', container);

  async function says(text: RegExp): Promise<void> {
    await until(
      async () => (text.test(lastLine()) ? true : undefined),
      () => new Error(`the tenant says: ${docker('logs', '--tail', '5', container)}`),
      { withinMs: 60_000 },
    );
  }

  beforeAll(async () => {
    await mkdir(root);
    const owner = { instanceId: newId(), uid: USER, gid: USER, quotaBytes: 40 * MEBIBYTE };
    await storage.ensureDirectory(NAME, owner);
    const labels = Object.entries(testLabels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
    container = docker(
      ...['run', '--detach', '--init', '--network', 'none', '--user', String(USER), ...labels],
      ...['--volume', `${seenByTenants}:/data`, IMAGE, 'sh', '-c', TENANT],
    );
  });

  afterAll(async () => {
    docker('rm', '--force', '--volumes', container);
    await new CephFs(ceph.platform).trees.remove(root);
  });

  test('is refused every write and lives on with what it has', async () => {
    await says(/^refused, reads kept: Disk quota exceeded$/);
    expect(docker('inspect', '--format', '{{.State.Running}}', container)).toBe('true');
    await until(
      async () => ((await storage.usage(NAME)) >= 36 * MEBIBYTE ? true : undefined),
      () => new Error('the usage is not seen'),
      { withinMs: 30_000 },
    );
    expect(await storage.usage(NAME)).toBeLessThan(100 * MEBIBYTE);
  });

  test('cannot help itself: neither a larger quota nor a snapshot is for it to make', async () => {
    const raised = inside(`setfattr -n ceph.quota.max_bytes -v ${500 * MEBIBYTE} /data`);
    expect(raised).toMatchObject({ status: 1, stderr: expect.stringContaining('Permission denied') });
    const kept = inside('mkdir /data/.snap/mine');
    expect(kept).toMatchObject({ status: 1, stderr: expect.stringContaining('Permission denied') });
    expect(await storage.quota(NAME)).toBe(40 * MEBIBYTE);
  });

  test('writes again when the quota is raised, without being started again', async () => {
    const startedAt = docker('inspect', '--format', '{{.State.StartedAt}}', container);
    await expect(storage.setQuota(NAME, 10 * MEBIBYTE)).rejects.toMatchObject({
      code: 'storage.quota_below_usage',
    });
    await storage.setQuota(NAME, 1024 * MEBIBYTE);
    await says(/^written$/);
    expect(docker('inspect', '--format', '{{.State.StartedAt}} {{.RestartCount}}', container)).toBe(
      `${startedAt} 0`,
    );
  });
});
