import { newId } from '@saasodoo/kernel';
import { FinalDumps, type InstanceStorage, LocalStorage } from '@saasodoo/storage';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeInstanceStorage } from './instance-storage.suite';
import { describeSetAside } from './set-aside.suite';

describe('the driver local', () => {
  let root: string;

  beforeEach(async () => {
    // One level down, so that nobody else makes anything beside it.
    root = join(await mkdtemp(join(tmpdir(), 'saasodoo-storage-')), 'root');
    await mkdir(root);
  });

  afterEach(() => rm(dirname(root), { recursive: true, force: true }));

  describeInstanceStorage(() => ({ root, storage: new LocalStorage(root) }));

  describe('set aside', () => {
    describeSetAside(() => ({
      root,
      storageOf: (at, platform) => new LocalStorage(at, platform),
      dumpsOf: (at, platform) => new FinalDumps(at, platform),
    }));
  });

  test('has nothing where nothing was ever stored', async () => {
    expect(await new LocalStorage('/nowhere/at/all').list()).toEqual([]);
  });

  test('says that it enforces no quota and takes no snapshots', async () => {
    const storage: InstanceStorage = new LocalStorage(root);
    const name = 'odoo_data_mine_1';
    await storage.ensureDirectory(name, { instanceId: newId(), uid: 0, gid: 0, quotaBytes: 1 });
    expect(storage).toMatchObject({ enforcesQuota: false, takesSnapshots: false });
    await storage.setQuota(name, 1);
    expect(await storage.quota(name)).toBeUndefined();
    expect(await storage.listSnapshots(name)).toEqual([]);
    await expect(storage.snapshot(name, 'one')).rejects.toMatchObject({
      code: 'storage.snapshots_unsupported',
    });
  });
});
