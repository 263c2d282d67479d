import { newId } from '@saasodoo/kernel';
import type { FinalDumps, InstanceStorage } from '@saasodoo/storage';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface StorageRoot {
  readonly root: string;
  /** Drivers of the same root, as several platforms have them. */
  readonly storageOf: (root: string, platform?: string) => InstanceStorage;
  readonly dumpsOf: (root: string, platform: string) => FinalDumps;
}

/** What every driver of instance storage keeps of what is out of the way. */
export function describeSetAside(world: () => StorageRoot): void {
  const { uid = 0, gid = 0 } = { uid: process.getuid?.(), gid: process.getgid?.() };
  const name = 'odoo_data_mine_1';
  const id = newId();
  const owner = { instanceId: id, uid, gid, quotaBytes: 1024 };
  let root: string;
  let storage: InstanceStorage;
  let storageOf: StorageRoot['storageOf'];
  let dumps: FinalDumps;

  beforeEach(async () => {
    const found = world();
    ({ root, storageOf } = found);
    storage = storageOf(root, 'ours');
    dumps = found.dumpsOf(root, 'ours');
    await storage.ensureDirectory(name, owner);
    await writeFile(join(storage.path(name), 'kept'), 'yes', { flush: true });
  });

  test('is listed with its owner, its platform and its age', async () => {
    const theirs = newId();
    await storageOf(root, 'theirs').ensureDirectory('their-shop', { ...owner, instanceId: theirs });
    await storageOf(root).ensureDirectory('unmarked', { ...owner, instanceId: theirs });
    const since = expect.any(Date);
    expect(await storage.list()).toEqual([
      { name, instanceId: id, platform: 'ours', since, isSetAside: false },
      { name: 'their-shop', instanceId: theirs, platform: 'theirs', since, isSetAside: false },
      { name: 'unmarked', instanceId: theirs, platform: undefined, since, isSetAside: false },
    ]);
  });

  test.each([
    ['by name', () => storage.bringBack(name, id)],
    ['by its instance being deployed anew', () => storage.ensureDirectory(name, owner)],
  ])('comes back whole, %s', async (_how, comeBack) => {
    await storage.setAside(name, id);
    await storage.setAside(name, id);
    expect(await storage.exists(name)).toBe(false);
    expect(await storage.list()).toMatchObject([{ name, isSetAside: true }]);
    expect(await storage.usage(name)).toBeGreaterThan(0);
    await comeBack();
    expect(await readFile(join(storage.path(name), 'kept'), 'utf8')).toBe('yes');
  });

  test('is removed from there, and nobody else can do any of it', async () => {
    await expect(storage.setAside(name, newId())).rejects.toMatchObject({
      code: 'storage.directory_foreign',
    });
    await storage.setAside(name, id);
    await storage.removeDirectory(name, newId());
    expect(await storage.list()).toHaveLength(1);
    await storage.removeDirectory(name, id);
    expect(await storage.list()).toEqual([]);
    expect(await readdir(join(root, 'odoo_instances', '.quarantine'))).toEqual([]);
  });

  describe('as a final dump', () => {
    let dump: string;

    beforeEach(() => {
      dump = `${name}_${id.replaceAll('-', '')}`;
    });

    test('has the files of the instance, which gives its directory up', async () => {
      await dumps.ensure(dump, owner);
      await writeFile(join(dumps.path(dump), 'database.dump'), 'PGDMP');
      expect(await dumps.hasDatabase(dump)).toBe(true);
      await dumps.takeFiles({ name: dump, directory: name }, id, storage);
      await dumps.takeFiles({ name: dump, directory: name }, id, storage);
      expect(await readFile(join(dumps.path(dump), 'filestore', 'kept'), 'utf8')).toBe('yes');
      expect(await storage.list()).toEqual([]);
      expect(await dumps.list()).toMatchObject([{ name: dump, instanceId: id, platform: 'ours' }]);
      await expect(dumps.remove(dump, newId())).rejects.toMatchObject({ code: 'storage.directory_foreign' });
      await dumps.remove(dump, id);
      await dumps.remove(dump, id);
      expect(await dumps.list()).toEqual([]);
    });

    test('is nothing where nothing is to be kept', async () => {
      await dumps.takeFiles({ name: dump, directory: name }, id, storage);
      expect(await storage.list()).toEqual([]);
      expect(await dumps.list()).toEqual([]);
    });
  });
}
