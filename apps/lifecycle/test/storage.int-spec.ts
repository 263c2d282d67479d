import { CephFs } from '@saasodoo/ceph';
import {
  InstanceEntity,
  InstanceRepository,
  type StorageTarget,
  StorageUsageRepository,
} from '@saasodoo/instances/data-access';
import { type Instance, storageDirectoryName } from '@saasodoo/instances/domain';
import { newId, until } from '@saasodoo/kernel';
import { Outbox, OutboxSignal } from '@saasodoo/messaging';
import { OperationEntity, OperationRepository, OperationStepEntity } from '@saasodoo/operations/data-access';
import type { JsonObject } from '@saasodoo/operations/domain';
import { CephStorage } from '@saasodoo/storage';
import type { TenantContext } from '@saasodoo/tenants';
import { describeOnCeph, freshDatabase, newInstance, type TestDatabase } from '@saasodoo/testing';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageSamples } from '../src/app/sample-storage/storage-samples';
import { StorageWarnings } from '../src/app/sample-storage/storage-warnings';
import { SetQuotaStep } from '../src/app/steps/set-quota.step';

const MEBIBYTE = 1024 ** 2;

describeOnCeph('the storage of instances, on a real CephFS', (ceph) => {
  let database: TestDatabase;
  let instances: InstanceRepository;
  let root: string;
  let storage: CephStorage;
  let instance: Instance;
  let directory: string;

  beforeAll(async () => {
    database = await freshDatabase({ entities: [InstanceEntity, OperationEntity, OperationStepEntity] });
    instances = new InstanceRepository(database.dataSource);
  });

  afterAll(() => database.close());

  beforeEach(async () => {
    root = await mkdtemp(join(ceph.platform, 'storage-'));
    storage = new CephStorage(root, new CephFs(root));
    instance = await instances.insert(
      database.dataSource.manager,
      newInstance({ storageBytes: 100 * MEBIBYTE }),
    );
    await database.dataSource.query(`UPDATE instance SET status = 'running' WHERE id = $1`, [instance.id]);
    directory = storageDirectoryName(instance.databaseName, instance.id);
    const owner = { instanceId: instance.id, uid: 0, gid: 0, quotaBytes: instance.storageBytes };
    await storage.ensureDirectory(directory, owner);
  });

  afterEach(async () => {
    await new CephFs(dirname(root)).trees.remove(root);
    await database.dataSource.query('DELETE FROM outbox');
    await database.dataSource.query('TRUNCATE instance CASCADE');
  });

  const use = (mebibytes: number) =>
    writeFile(join(storage.path(directory), 'file'), Buffer.alloc(mebibytes * MEBIBYTE), { flush: true });

  describe('measured', () => {
    let samples: StorageSamples;
    let usage: StorageUsageRepository;
    let warnings: StorageWarnings;

    beforeEach(() => {
      usage = new StorageUsageRepository(database.dataSource);
      const outbox = new Outbox('test', new OutboxSignal(database.dataSource));
      warnings = new StorageWarnings(database.dataSource, usage, instances, outbox);
      samples = new StorageSamples(storage, usage, warnings);
    });

    const told = async () =>
      (
        await database.dataSource.query<{ payload: JsonObject }[]>(
          'SELECT payload FROM outbox ORDER BY created_at',
        )
      ).map(({ payload }) => payload['level']);

    const condition = async () =>
      (await instances.get(instance.id)).conditions.find(({ type }) => type === 'storage');

    /** Usage reaches the top of the tree some moments after it was written. */
    const seen = async (mebibytes: number) => {
      await until(
        async () => {
          await samples.take();
          const found = await instances.get(instance.id);
          return found.storageUsedBytes === mebibytes * MEBIBYTE ? true : undefined;
        },
        () => new Error(`${mebibytes} MiB are not seen`),
        { withinMs: 30_000 },
      );
    };

    test('is shown, and told of once at each threshold', async () => {
      await use(10);
      await seen(10);
      expect(await condition()).toBeUndefined();
      for (const mebibytes of [85, 95, 100]) {
        await use(mebibytes);
        await seen(mebibytes);
        await samples.take();
      }
      expect(await told()).toEqual([80, 90, 100]);
      expect(await condition()).toMatchObject({ status: 'false', reason: 'Full' });
    });

    test('has room again when the limit is raised, which is shown', async () => {
      await use(100);
      await seen(100);
      await instances.requestShape(database.dataSource.manager, instance.id, {
        storageBytes: 200 * MEBIBYTE,
      });
      await samples.take();
      expect(await condition()).toMatchObject({ status: 'true', reason: 'Enough' });
      expect(await told()).toEqual([100]);
    });

    test('is told of once when several measure at the same time', async () => {
      await use(95);
      await seen(95);
      await database.dataSource.query('UPDATE instance_storage_usage SET level = 0');
      await database.dataSource.query('DELETE FROM outbox');
      const [target] = (await usage.targets(undefined, 10)) as [StorageTarget];
      await Promise.all(Array.from({ length: 8 }, () => warnings.judge(target, 95 * MEBIBYTE)));
      expect(await told()).toEqual([90]);
    });

    test('is not judged while its limit is being changed: what is wanted may be refused', async () => {
      await use(85);
      await seen(85);
      const operations = new OperationRepository(database.dataSource);
      const { id: instanceId, customerId, generation } = instance;
      await operations.open(database.dataSource.manager, {
        ...{ instanceId, customerId, generation, kind: 'scale', correlationId: newId(), input: {} },
      });
      await instances.requestShape(database.dataSource.manager, instance.id, { storageBytes: 86 * MEBIBYTE });
      expect(await samples.take()).toBe(0);
      expect(await told()).toEqual([80]);
    });

    test('leaves out instances without a directory, and fails aloud without a mount', async () => {
      await storage.removeDirectory(directory, instance.id);
      expect(await samples.take()).toBe(0);
      const lost = new CephStorage('/nowhere/at/all', new CephFs('/nowhere/at/all'));
      await expect(new StorageSamples(lost, usage, warnings).take()).rejects.toMatchObject({
        code: 'ceph.not_mounted',
      });
    });
  });

  describe('the step set-quota', () => {
    /** As the step gets it; the rest of the context it does not use. */
    const contextFor = (wanted: number, before: number, input: JsonObject = {}) => {
      const previous = { cpu_limit: 1, memory_bytes: 1, storage_bytes: before, environment: null };
      const known: unknown = {
        instance: { ...instance, storageBytes: wanted * MEBIBYTE },
        operation: { generation: instance.generation, input: { previous, ...input } },
      };
      return known as TenantContext;
    };

    test('raises and lowers the limit, and takes it back', async () => {
      const step = new SetQuotaStep(storage);
      const context = contextFor(150, 100 * MEBIBYTE);
      expect(await step.isDone(context)).toBe(false);
      expect(await step.run(context)).toEqual({ quota_bytes: 150 * MEBIBYTE, quota_enforced: true });
      expect(await storage.quota(directory)).toBe(150 * MEBIBYTE);
      await step.undo(context);
      expect(await storage.quota(directory)).toBe(100 * MEBIBYTE);
    });

    test('has nothing to do where another limit is changed', async () => {
      expect(await new SetQuotaStep(storage).isDone(contextFor(100, 100 * MEBIBYTE))).toBe(true);
    });

    test('refuses a limit below what is used, with the figures, unless an operator insists', async () => {
      const step = new SetQuotaStep(storage);
      await use(50);
      await expect(step.run(contextFor(40, 100 * MEBIBYTE))).rejects.toMatchObject({
        code: 'storage.quota_below_usage',
        httpStatus: 409,
        retryable: false,
        facts: { used: 50 * MEBIBYTE, wanted: 40 * MEBIBYTE },
      });
      expect(await storage.quota(directory)).toBe(100 * MEBIBYTE);
      await step.run(contextFor(40, 100 * MEBIBYTE, { force: true }));
      expect(await storage.quota(directory)).toBe(40 * MEBIBYTE);
    });
  });
});
