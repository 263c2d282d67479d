import type { InstanceStorage } from '@saasodoo/storage';
import { type AppError, newId, until } from '@saasodoo/kernel';
import fc from 'fast-check';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface StorageUnderTest {
  readonly storage: InstanceStorage;
  readonly root: string;
}

/** What every driver of instance storage keeps, whatever it stands on. */
export function describeInstanceStorage(world: () => StorageUnderTest): void {
  let storage: InstanceStorage;
  let root: string;
  const { uid = 0, gid = 0 } = { uid: process.getuid?.(), gid: process.getgid?.() };
  const owner = (instanceId: string) => ({ instanceId, uid, gid, quotaBytes: 1024 ** 3 });

  beforeEach(() => {
    ({ storage, root } = world());
  });

  test('creates a directory for the user Odoo runs as, and adopts it the next time', async () => {
    const id = newId();
    await storage.ensureDirectory('odoo_data_mine_1', owner(id));
    await writeFile(join(storage.path('odoo_data_mine_1'), 'kept'), 'yes');
    await storage.ensureDirectory('odoo_data_mine_1', owner(id));
    expect(await readdir(storage.path('odoo_data_mine_1'))).toEqual(['kept']);
    const found = await stat(storage.path('odoo_data_mine_1'));
    expect({ uid: found.uid, mode: found.mode & 0o777 }).toEqual({ uid, mode: 0o750 });
  });

  test("refuses somebody else's directory, and leaves it when one of the same name is removed", async () => {
    await storage.ensureDirectory('odoo_data_theirs_1', owner(newId()));
    const foreign = expect.objectContaining({ code: 'storage.directory_foreign' }) as AppError;
    await expect(storage.ensureDirectory('odoo_data_theirs_1', owner(newId()))).rejects.toEqual(foreign);
    await storage.removeDirectory('odoo_data_theirs_1', newId());
    expect(await storage.exists('odoo_data_theirs_1')).toBe(true);
  });

  test('never removes a directory that nobody claimed', async () => {
    await mkdir(storage.path('found'), { recursive: true });
    await expect(storage.removeDirectory('found', newId())).rejects.toMatchObject({
      code: 'storage.directory_foreign',
    });
  });

  test('neither adopts a directory that nobody claimed, nor claims it by trying', async () => {
    await mkdir(storage.path('found'), { recursive: true });
    const id = newId();
    const foreign = { code: 'storage.directory_foreign' };
    await expect(storage.ensureDirectory('found', owner(id))).rejects.toMatchObject(foreign);
    await expect(storage.ensureDirectory('found', owner(id))).rejects.toMatchObject(foreign);
    await expect(storage.removeDirectory('found', id)).rejects.toMatchObject(foreign);
    expect(await storage.exists('found')).toBe(true);
  });

  test('gives a name to one of many instances that want it at once', async () => {
    for (let round = 0; round < 50; round += 1) {
      const name = `odoo_data_wanted_${round}`;
      const ids = Array.from({ length: 4 }, newId);
      const tried = await Promise.allSettled(ids.map((id) => storage.ensureDirectory(name, owner(id))));
      const winners = ids.filter((_, index) => tried[index]?.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      await storage.removeDirectory(name, winners[0]!);
    }
  });

  test('finishes a removal that was interrupted, also when the directory was made anew meanwhile', async () => {
    const id = newId();
    const directory = storage.path('odoo_data_half_1');
    await storage.ensureDirectory('odoo_data_half_1', owner(id));
    await writeFile(join(directory, 'old'), 'old');
    await rename(directory, join(dirname(directory), '.removed-odoo_data_half_1'));
    await storage.ensureDirectory('odoo_data_half_1', owner(id));
    expect(await readdir(directory)).toEqual([]);
    await writeFile(join(directory, 'new'), 'new');
    await storage.removeDirectory('odoo_data_half_1', id);
    expect(await readdir(dirname(directory))).toEqual(['.owners']);
  });

  test('removes a directory with all it holds, and again', async () => {
    const id = newId();
    await storage.ensureDirectory('odoo_data_gone_1', owner(id));
    await mkdir(join(storage.path('odoo_data_gone_1'), 'filestore'));
    await storage.removeDirectory('odoo_data_gone_1', id);
    await storage.removeDirectory('odoo_data_gone_1', id);
    expect(await storage.exists('odoo_data_gone_1')).toBe(false);
    expect(await readdir(join(root, 'odoo_instances', '.owners'))).toEqual([]);
  });

  test('counts the bytes it holds', async () => {
    await storage.ensureDirectory('odoo_data_size_1', owner(newId()));
    await mkdir(join(storage.path('odoo_data_size_1'), 'a'));
    await writeFile(join(storage.path('odoo_data_size_1'), 'a', 'file'), Buffer.alloc(5000), { flush: true });
    await until(
      async () => ((await storage.usage('odoo_data_size_1')) === 5000 ? true : undefined),
      () => new Error('the bytes are not counted'),
      { withinMs: 30_000 },
    );
    expect(await storage.usage('odoo_data_none_1')).toBe(0);
    expect(await storage.usages(['odoo_data_size_1', 'odoo_data_none_1'])).toEqual(
      new Map([['odoo_data_size_1', 5000]]),
    );
  });

  test('leads nowhere else, whatever it is asked for', async () => {
    await mkdir(join(root, 'odoo_instances'), { recursive: true });
    const before = await readdir(dirname(root));
    const segment = fc.constantFrom(
      '..',
      '.',
      '/',
      'etc',
      '~',
      '\\0',
      '.snap',
      '.owners',
      'A',
      '\n',
      '%2e%2e',
    );
    const hostile = fc
      .oneof(
        fc.array(segment, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/')),
        fc.string(),
      )
      .filter((name) => !/^[a-z0-9][a-z0-9_-]{0,127}$/.test(name));
    const id = newId();
    const refused = { code: 'storage.name_malformed' };
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const calls = [
          () => storage.ensureDirectory(name, owner(id)),
          () => storage.sessionsDirectory(name, owner(id)),
          () => storage.exists(name),
          () => storage.removeDirectory(name, id),
          () => storage.setAside(name, id),
          () => storage.bringBack(name, id),
          () => storage.usage(name),
          () => storage.usages([name]),
          () => storage.setQuota(name, 1024 ** 3),
          () => storage.quota(name),
          () => storage.snapshot(name, 'label'),
          () => storage.listSnapshots(name),
          () => storage.removeSnapshot(name, 'label'),
          async () => storage.snapshotPath(name, 'label'),
        ];
        for (const call of calls) await expect(call()).rejects.toMatchObject(refused);
      }),
      { numRuns: 60 },
    );
    expect(await readdir(dirname(root))).toEqual(before);
    expect(await readdir(join(root, 'odoo_instances'))).toEqual([]);
  });
}
