import { AppError, newId, until } from '@saasodoo/kernel';
import { describeOnCeph } from '@saasodoo/testing';
import { chown, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCeph } from './ceph-error';
import { CephFs } from './ceph-fs';

const MEBIBYTE = 1024 ** 2;
/** What a client has not written back yet is in nobody's usage. */
const ON_DISK = { flush: true };

describeOnCeph('CephFs on a real CephFS', (ceph) => {
  const fs = new CephFs(ceph.platform);
  const asTenant = new CephFs(ceph.tenants);
  let name: string;
  let directory: string;

  beforeEach(async () => {
    name = `d-${newId()}`;
    directory = join(ceph.platform, name);
    await mkdir(directory);
  });

  afterEach(() => fs.trees.remove(directory));

  /** What was written until the first refusal, in bytes, and the refusal. */
  async function fill(path: string, most: number): Promise<{ written: number; refusal?: string }> {
    const file = await open(path, 'w');
    const piece = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    try {
      while (written < most) written += (await onCeph(path, () => file.write(piece))).bytesWritten;
      await onCeph(path, () => file.sync());
      return { written };
    } catch (error) {
      return { written, refusal: error instanceof AppError ? error.code : String(error) };
    } finally {
      await file.close().catch(() => undefined); // the refusal is what counts
    }
  }

  /** Clients enforce a quota from what they last heard of the usage: a fast writer gets some more in before it is told. */
  const withinQuota = (bytes: number) => ({
    asymmetricMatch: (written: number) => written >= bytes && written < bytes + 60 * MEBIBYTE,
    toString: () => `from ${bytes} to 60 MiB more`,
  });

  describe('quotas', () => {
    test('are read back as they were set, by every mount, and can be cleared', async () => {
      expect(await fs.quotas.get(directory)).toEqual({});
      await fs.quotas.set(directory, { maxBytes: 10 * MEBIBYTE, maxFiles: 100 });
      expect(await fs.quotas.get(directory)).toEqual({ maxBytes: 10 * MEBIBYTE, maxFiles: 100 });
      expect(await asTenant.quotas.get(join(ceph.tenants, name))).toEqual({
        maxBytes: 10 * MEBIBYTE,
        maxFiles: 100,
      });
      await fs.quotas.set(directory, { maxBytes: 20 * MEBIBYTE });
      expect(await fs.quotas.get(directory)).toEqual({ maxBytes: 20 * MEBIBYTE, maxFiles: 100 });
      await fs.quotas.clear(directory);
      expect(await fs.quotas.get(directory)).toEqual({});
    });

    test('end a write that goes beyond, and a larger one lets more in at once', async () => {
      await fs.quotas.set(directory, { maxBytes: 20 * MEBIBYTE });
      expect(await fill(join(directory, 'file'), 500 * MEBIBYTE)).toEqual({
        written: withinQuota(20 * MEBIBYTE),
        refusal: 'ceph.quota_exceeded',
      });
      const used = await fs.usage.bytesOf(directory);
      expect(await fill(join(directory, 'other'), MEBIBYTE)).toEqual({
        written: 0,
        refusal: 'ceph.quota_exceeded',
      });
      await fs.quotas.set(directory, { maxBytes: used + 10 * MEBIBYTE });
      expect(await fill(join(directory, 'more'), 500 * MEBIBYTE)).toEqual({
        written: withinQuota(10 * MEBIBYTE),
        refusal: 'ceph.quota_exceeded',
      });
    });

    test('limit the number of files', async () => {
      await fs.quotas.set(directory, { maxFiles: 4 });
      const write = async (file: string) => writeFile(join(directory, file), '');
      for (const file of ['a', 'b', 'c']) await write(file);
      await expect(onCeph(directory, () => write('d'))).rejects.toMatchObject({
        code: 'ceph.quota_exceeded',
      });
      await expect(fs.quotas.set(directory, { maxFiles: 2 })).rejects.toMatchObject({
        code: 'storage.quota_below_usage',
      });
    });

    test('are not set below what is used, unless that is insisted on', async () => {
      await writeFile(join(directory, 'file'), Buffer.alloc(3 * MEBIBYTE), ON_DISK);
      await expect(fs.quotas.set(directory, { maxBytes: 2 * MEBIBYTE })).rejects.toMatchObject({
        code: 'storage.quota_below_usage',
        httpStatus: 409,
        facts: { used: 3 * MEBIBYTE, wanted: 2 * MEBIBYTE, unit: 'bytes' },
      });
      expect(await fs.quotas.get(directory)).toEqual({});
      await fs.quotas.set(directory, { maxBytes: 3 * MEBIBYTE });
      await fs.quotas.set(directory, { maxBytes: 2 * MEBIBYTE }, { force: true });
      expect(await fs.quotas.get(directory)).toEqual({ maxBytes: 2 * MEBIBYTE });
    });

    test.each([0, -1, 1.5, NaN, 2 ** 60])('%p is none', async (maxBytes) => {
      await expect(fs.quotas.set(directory, { maxBytes })).rejects.toMatchObject({
        code: 'ceph.quota_malformed',
      });
    });

    test('are not for tenants to set, whoever owns the directory', async () => {
      const seen = join(ceph.tenants, name);
      await chown(directory, 101, 101);
      await fs.quotas.set(directory, { maxBytes: MEBIBYTE });
      await expect(asTenant.quotas.set(seen, { maxBytes: 9 * MEBIBYTE })).rejects.toMatchObject({
        code: 'ceph.permission_missing',
        hint: expect.stringContaining('capability p'),
      });
      await expect(asTenant.snapshots.create(seen, 'mine')).rejects.toMatchObject({
        code: 'ceph.permission_missing',
      });
      expect(await fill(join(seen, 'file'), 500 * MEBIBYTE)).toEqual({
        written: withinQuota(MEBIBYTE),
        refusal: 'ceph.quota_exceeded',
      });
    });
  });

  describe('usage', () => {
    test('counts bytes, files and entries of all that is below', async () => {
      await mkdir(join(directory, 'a'));
      await writeFile(join(directory, 'a', 'file'), Buffer.alloc(5000), ON_DISK);
      await writeFile(join(directory, 'other'), Buffer.alloc(24), ON_DISK);
      expect(await fs.usage.of(directory)).toEqual({ bytes: 5024, files: 2, entries: 4 });
    });

    test('is asked of many at once, those that are gone left out', async () => {
      const names = ['one', "it's two", 'drei-ä', 'four\\4'];
      for (const [index, each] of names.entries()) {
        await mkdir(join(directory, each));
        await writeFile(join(directory, each, 'file'), Buffer.alloc(index + 1), ON_DISK);
      }
      const paths = names.map((each) => join(directory, each));
      const found = await fs.usage.bytesOfEach([...paths, join(directory, 'gone')]);
      expect(found).toEqual(new Map(paths.map((path, index) => [path, index + 1])));
      expect(await fs.usage.bytesOfEach([])).toEqual(new Map());
    });
  });

  describe('snapshots', () => {
    test('keep what was there, are listed in their order and removed once', async () => {
      await writeFile(join(directory, 'file'), 'before');
      await fs.snapshots.create(directory, 'first');
      await writeFile(join(directory, 'file'), 'after');
      await fs.snapshots.create(directory, 'second.2-b_c');
      const path = fs.snapshots.path(directory, 'first');
      expect(await readFile(join(path, 'file'), 'utf8')).toBe('before');
      expect(await fs.snapshots.list(directory)).toEqual([
        { name: 'first', takenAt: expect.any(Date) },
        { name: 'second.2-b_c', takenAt: expect.any(Date) },
      ]);
      await expect(fs.snapshots.create(directory, 'first')).rejects.toMatchObject({
        code: 'ceph.snapshot_exists',
      });
      await fs.snapshots.remove(directory, 'first');
      await fs.snapshots.remove(directory, 'first');
      expect((await fs.snapshots.list(directory)).map((each) => each.name)).toEqual(['second.2-b_c']);
    });

    test('of a directory further up are not its own', async () => {
      await mkdir(join(directory, 'inner'));
      await fs.snapshots.create(directory, 'outer');
      expect(await fs.snapshots.list(join(directory, 'inner'))).toEqual([]);
    });

    test('go with their directory, on every level', async () => {
      await mkdir(join(directory, 'inner', 'most'), { recursive: true });
      await writeFile(join(directory, 'inner', 'most', 'file'), 'x');
      for (const each of ['', 'inner', 'inner/most']) {
        await fs.snapshots.create(join(directory, each), 'kept');
      }
      await fs.trees.remove(directory);
      expect(await readdir(ceph.platform)).not.toContain(name);
    });
  });

  describe('what is wrong is told apart', () => {
    test('another file system', async () => {
      const root = await mkdtemp(join(tmpdir(), 'no-ceph-'));
      await mkdir(join(root, 'd'));
      const elsewhere = new CephFs(root);
      await expect(elsewhere.mount.require()).rejects.toMatchObject({ code: 'ceph.not_mounted' });
      expect(await elsewhere.mount.trouble()).toMatchObject({ code: 'ceph.not_mounted' });
      await expect(elsewhere.quotas.set(join(root, 'd'), { maxBytes: 1 })).rejects.toMatchObject({
        code: 'ceph.not_cephfs',
      });
      await expect(elsewhere.usage.of(join(root, 'd'))).rejects.toMatchObject({ code: 'ceph.not_cephfs' });
      await rm(root, { recursive: true });
    });

    test('nothing where it should be mounted, and a directory that is gone', async () => {
      expect(await new CephFs('/nowhere/at/all').mount.trouble()).toMatchObject({ code: 'ceph.not_mounted' });
      expect(await fs.mount.trouble()).toBeUndefined();
      const gone = join(ceph.platform, 'gone');
      await expect(fs.quotas.get(gone)).rejects.toMatchObject({ code: 'ceph.directory_missing' });
      await expect(fs.snapshots.list(gone)).rejects.toMatchObject({ code: 'ceph.directory_missing' });
    });

    test('what leads out of the root, by dots or by a link', async () => {
      await symlink('/etc', join(directory, 'link'));
      for (const path of [ceph.platform, `${directory}/../..`, '/etc', join(directory, 'link')]) {
        await expect(fs.quotas.set(path, { maxBytes: MEBIBYTE })).rejects.toMatchObject({
          code: 'ceph.path_outside',
        });
      }
      await expect(fs.trees.remove(ceph.platform)).rejects.toMatchObject({ code: 'ceph.path_outside' });
    });

    test('a mount whose client died, which works again once it is mounted anew', async () => {
      ceph.script('mount', 'dying');
      const root = ceph.platform.replace(/platform$/, 'dying');
      const dying = new CephFs(root);
      await dying.mount.require();
      ceph.kill('dying');
      await expect(dying.mount.require()).rejects.toMatchObject({
        code: 'ceph.stale_mount',
        retryable: true,
      });
      await expect(dying.quotas.set(join(root, name), { maxBytes: MEBIBYTE })).rejects.toMatchObject({
        code: 'ceph.stale_mount',
      });
      expect(await dying.mount.trouble()).toMatchObject({ code: 'ceph.stale_mount' });
      ceph.script('mount', 'dying');
      await dying.mount.require();
      ceph.script('unmount', 'dying');
    });

    test('a cluster that does not answer, which is waited for and then given up', async () => {
      const impatient = new CephFs(ceph.platform, { timeoutMs: 1000 });
      ceph.exec('pkill', '-STOP', 'ceph-mds');
      try {
        const busy = Array.from({ length: 8 }, () => impatient.quotas.get(join(ceph.platform, newId())));
        for (const each of await Promise.allSettled(busy)) {
          expect(each).toMatchObject({ reason: { code: 'ceph.unanswered', retryable: true } });
        }
        expect(await impatient.mount.trouble()).toMatchObject({ code: 'ceph.unanswered' });
      } finally {
        ceph.exec('pkill', '-CONT', 'ceph-mds');
      }
      await fs.mount.require();
      await until(
        async () => ((await impatient.mount.trouble()) === undefined ? true : undefined),
        () => new Error('the trouble is not over'),
        { withinMs: 30_000 },
      );
    });

    test('a pool that is full, which takes again what fits once it is larger', async () => {
      ceph.exec('ceph', 'osd', 'pool', 'set-quota', 'data', 'max_objects', '1');
      await writeFile(join(directory, 'a'), 'a');
      await writeFile(join(directory, 'b'), 'b');
      try {
        await until(
          async () => ((await fs.mount.trouble())?.code === 'ceph.no_space' ? true : undefined),
          () => new Error('nobody noticed'),
          { withinMs: 60_000 },
        );
      } finally {
        ceph.exec('ceph', 'osd', 'pool', 'set-quota', 'data', 'max_objects', '0');
      }
      await until(
        async () => ((await fs.mount.trouble()) === undefined ? true : undefined),
        () => new Error('it is full for ever'),
        { withinMs: 60_000 },
      );
    });
  });
});
