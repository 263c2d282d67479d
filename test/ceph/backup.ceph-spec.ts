import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { requestBackup, filesOf, readBackup, requestRestore, rowsOf, takeBackup } from '../support/backups';
import { poll } from '../../infrastructure/scripts/process.ts';
import { Ceph } from '../support/ceph';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { DoomedWorkers } from '../support/doomed-workers';
import { directoryOf } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { containerOfInstance } from '../support/tasks';
import { removeFrom, writeInto } from '../support/tenant-files';
import { scale } from '../support/worker';

const site = testSite();
const ceph = Ceph.underTest();
const MEBIBYTE = 1024 ** 2;

jest.setTimeout(300_000);

describe('a backup of an instance on CephFS', () => {
  let customer: Customer;
  let instance: InstanceView;
  let first: string;

  beforeAll(async () => {
    customer = await Customer.register(edgeOf(site));
    instance = await customer.runningInstance({
      ...{ database_name: freshName('back'), odoo_version: site.lightVersion },
      storage_limit: '150M',
    });
    first = `filestore/${instance.database_name}/aa/first`;
    await writeInto(instance, first, 3);
    await writeInto(instance, `filestore/${instance.database_name}/bb/second`, 1);
  });

  const directory = () => directoryOf(site, instance);
  const quota = async () => Number(await ceph.attribute(directory(), 'ceph.quota.max_bytes'));

  test('comes back with every file as it was and with the quota of the instance', async () => {
    const [files, rows] = [await filesOf(site, instance), await rowsOf(site, instance)];
    expect(Object.keys(files)).toHaveLength(2);
    const backup = await takeBackup(customer, instance.id);
    expect(backup).toMatchObject({ status: 'completed', consistent: true, files: 2 });
    // Held by a snapshot: nothing was linked, and nothing is left of it.
    expect((await stat(join(directory(), first))).nlink).toBe(1);
    expect(await ceph.snapshots(directory())).toEqual([]);
    await removeFrom(instance, first);
    await writeInto(instance, `filestore/${instance.database_name}/cc/third`, 2);
    const { operation } = await requestRestore(customer, backup.id);
    await customer.succeeded(operation.id);
    await expectServed(customer, instance);
    expect(await filesOf(site, instance)).toEqual(files);
    expect(await rowsOf(site, instance)).toEqual(rows);
    expect(await quota()).toBe(150 * MEBIBYTE);
    expect(await ceph.snapshots(directory())).toEqual([]);
  });

  test('is not restored into less than it needs, and nothing is touched', async () => {
    const big = `filestore/${instance.database_name}/dd/big`;
    await writeInto(instance, big, 110);
    const backup = await takeBackup(customer, instance.id);
    await removeFrom(instance, big);
    await lowerTo('100M');
    const container = (await containerOfInstance(instance.id)).id;
    const { operation } = await requestRestore(customer, backup.id);
    expect(await customer.settled(operation.id)).toMatchObject({
      status: 'failed',
      error: { code: 'backup.exceeds_limit' },
    });
    await expectServed(customer, instance);
    expect((await containerOfInstance(instance.id)).id).toBe(container);
  });

  /** What was removed counts until it has travelled up the tree. */
  async function lowerTo(limit: string): Promise<void> {
    const path = `/instance/instances/${instance.id}`;
    const asked = await poll(async () => {
      const answer = await customer.call(path, { method: 'PATCH', json: { storage_limit: limit } });
      return answer.status === 409 ? undefined : answer;
    }, 60_000);
    expect(asked?.status).toBe(202);
    await customer.succeeded((JSON.parse(asked?.body ?? '{}') as InstanceView).operation.id);
  }

  describe('whose workers die right after each snapshot', () => {
    beforeAll(() => scale(site, 'lifecycle', 0));
    afterAll(() => scale(site, 'lifecycle', 1));

    test('is completed by the next ones, and leaves none', async () => {
      const workers = new DoomedWorkers(site, 'lifecycle', {
        OPERATION_LEASE_MS: '1500',
        RECONCILE_EVERY_MS: '0',
      });
      const { backup, operation } = await requestBackup(customer, instance.id);
      await workers.dieAt('backup.snapshot.before');
      expect(await ceph.snapshots(directory())).toEqual([`backup-${operation.id}-before`]);
      await workers.dieAt('backup.snapshot.after');
      await workers.unharmed(() => customer.succeeded(operation.id));
      expect(await readBackup(customer, backup.id)).toMatchObject({ status: 'completed', consistent: true });
      expect(await ceph.snapshots(directory())).toEqual([]);
    });
  });
});
