import { CephFs } from '@saasodoo/ceph';
import { newId } from '@saasodoo/kernel';
import { CephStorage, FinalDumps, groundOf } from '@saasodoo/storage';
import { describeOnCeph } from '@saasodoo/testing';
import fc from 'fast-check';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeInstanceStorage } from './instance-storage.suite';
import { describeSetAside } from './set-aside.suite';

const MEBIBYTE = 1024 ** 2;
const NAME = 'odoo_data_mine_1';

describeOnCeph('the driver cephfs', (ceph) => {
  let root: string;
  let storage: CephStorage;
  const storageOf = (at: string, platform?: string) =>
    new CephStorage(at, new CephFs(at), platform === undefined ? {} : { platform });
  const owner = (instanceId: string, quotaBytes: number) => ({ instanceId, uid: 101, gid: 101, quotaBytes });

  beforeEach(async () => {
    root = await mkdtemp(join(ceph.platform, 'storage-'));
    storage = storageOf(root);
  });

  afterEach(() => new CephFs(dirname(root)).trees.remove(root));

  describeInstanceStorage(() => ({ root, storage }));

  describe('set aside', () => {
    describeSetAside(() => ({
      root,
      storageOf,
      dumpsOf: (at, platform) => new FinalDumps(at, platform, groundOf(new CephFs(at))),
    }));
  });

  test('gives every directory its quota, which goes with it wherever it is moved', async () => {
    const id = newId();
    await storage.ensureDirectory(NAME, owner(id, 50 * MEBIBYTE));
    expect(await storage.quota(NAME)).toBe(50 * MEBIBYTE);
    await storage.setAside(NAME, id);
    await storage.bringBack(NAME, id);
    expect(await storage.quota(NAME)).toBe(50 * MEBIBYTE);
    await storage.ensureDirectory(NAME, owner(id, 60 * MEBIBYTE));
    expect(await storage.quota(NAME)).toBe(60 * MEBIBYTE);
  });

  test('limits the number of files where that is configured', async () => {
    storage = new CephStorage(root, new CephFs(root), { maxFiles: 3 });
    await storage.ensureDirectory(NAME, owner(newId(), MEBIBYTE));
    await writeFile(join(storage.path(NAME), 'one'), '');
    await writeFile(join(storage.path(NAME), 'two'), '');
    await expect(writeFile(join(storage.path(NAME), 'three'), '')).rejects.toThrow('-122');
  });

  test('refuses a quota below what is used, unless it is insisted on', async () => {
    await storage.ensureDirectory(NAME, owner(newId(), 50 * MEBIBYTE));
    await writeFile(join(storage.path(NAME), 'file'), Buffer.alloc(3 * MEBIBYTE), { flush: true });
    await expect(storage.setQuota(NAME, 2 * MEBIBYTE)).rejects.toMatchObject({
      code: 'storage.quota_below_usage',
      httpStatus: 409,
      facts: { used: 3 * MEBIBYTE, wanted: 2 * MEBIBYTE },
    });
    expect(await storage.quota(NAME)).toBe(50 * MEBIBYTE);
    await storage.setQuota(NAME, 2 * MEBIBYTE, { force: true });
    expect(await storage.quota(NAME)).toBe(2 * MEBIBYTE);
    await expect(storage.setQuota('odoo_data_none_1', MEBIBYTE)).rejects.toMatchObject({
      code: 'storage.directory_missing',
    });
  });

  test('keeps snapshots of one directory, which go with it', async () => {
    const id = newId();
    await storage.ensureDirectory(NAME, owner(id, 50 * MEBIBYTE));
    await writeFile(join(storage.path(NAME), 'file'), 'before');
    await storage.snapshot(NAME, 'backup-1');
    await writeFile(join(storage.path(NAME), 'file'), 'after');
    expect(await storage.listSnapshots(NAME)).toEqual([{ label: 'backup-1', takenAt: expect.any(Date) }]);
    expect(await readFile(join(storage.snapshotPath(NAME, 'backup-1'), 'file'), 'utf8')).toBe('before');
    await storage.snapshot(NAME, 'backup-2');
    await storage.removeSnapshot(NAME, 'backup-1');
    await storage.removeSnapshot(NAME, 'backup-1');
    expect((await storage.listSnapshots(NAME)).map(({ label }) => label)).toEqual(['backup-2']);
    await storage.removeDirectory(NAME, id);
    expect(await storage.list()).toEqual([]);
  });

  test('keeps sessions beside the directory, so that they find room when it is full, and removes them with it', async () => {
    const id = newId();
    await storage.ensureDirectory(NAME, owner(id, MEBIBYTE));
    const sessions = await storage.sessionsDirectory(NAME, { uid: 101, gid: 101 });
    await expect(
      writeFile(join(storage.path(NAME), 'file'), Buffer.alloc(200 * MEBIBYTE), { flush: true }),
    ).rejects.toThrow('-122');
    await writeFile(join(sessions, 'session'), 'somebody', { flush: true });
    expect(await storage.sessionsDirectory(NAME, { uid: 101, gid: 101 })).toBe(sessions);
    expect(await readdir(sessions)).toEqual(['session']);
    await storage.removeDirectory(NAME, newId());
    expect(await readdir(sessions)).toEqual(['session']);
    await storage.removeDirectory(NAME, id);
    await expect(readdir(sessions)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('takes no label that leads out of the snapshots', async () => {
    await storage.ensureDirectory(NAME, owner(newId(), MEBIBYTE));
    const segment = fc.constantFrom('..', '.', '/', '_x', 'a/b', '\0', '');
    const hostile = fc
      .oneof(
        fc.array(segment, { maxLength: 4 }).map((parts) => parts.join('/')),
        fc.string(),
      )
      .filter((label) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(label));
    await fc.assert(
      fc.asyncProperty(hostile, async (label) => {
        const malformed = { code: 'ceph.snapshot_name_malformed' };
        await expect(storage.snapshot(NAME, label)).rejects.toMatchObject(malformed);
        await expect(storage.removeSnapshot(NAME, label)).rejects.toMatchObject(malformed);
        expect(() => storage.snapshotPath(NAME, label)).toThrow(expect.objectContaining(malformed));
      }),
      { numRuns: 40 },
    );
  });

  test('makes nothing where CephFS is not mounted', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'no-ceph-'));
    const id = newId();
    const lost = storageOf(bare);
    const dumps = new FinalDumps(bare, 'ours', groundOf(new CephFs(bare)));
    for (const call of [
      () => lost.requireMounted(),
      () => lost.ensureDirectory(NAME, owner(id, MEBIBYTE)),
      () => lost.exists(NAME),
      () => lost.removeDirectory(NAME, id),
      () => lost.list(),
      () => lost.setAside(NAME, id),
      () => lost.usages([NAME]),
      () => dumps.ensure(NAME, { instanceId: id, uid: 0, gid: 0 }),
      () => dumps.takeFiles({ name: NAME, directory: NAME }, id, lost),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'ceph.not_mounted', retryable: true });
    }
    expect(await readdir(bare)).toEqual([]);
    await rm(bare, { recursive: true });
  });

  test('asks for the usage of many directories at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `odoo_data_many_${index}`);
    for (const [index, name] of names.entries()) {
      await storage.ensureDirectory(name, owner(newId(), MEBIBYTE));
      await writeFile(join(storage.path(name), 'file'), Buffer.alloc(index), { flush: true });
    }
    expect(await storage.usages(names)).toEqual(new Map(names.map((name, index) => [name, index])));
    await mkdir(join(root, 'odoo_instances', 'not-claimed'));
  });
});
