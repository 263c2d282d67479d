import { Ceph } from '../support/ceph';
import { Customer, freshName, type InstanceView, problemOf } from '../support/customer';
import { directoryOf } from '../support/leftovers';
import { poll } from '../../infrastructure/scripts/process.ts';
import { edgeOf, testSite } from '../support/site';
import { containerOfInstance } from '../support/tasks';
import { writeInto } from '../support/tenant-files';

const site = testSite();
const ceph = Ceph.underTest();

interface StorageView extends InstanceView {
  readonly storage_limit: string;
  readonly storage_used_bytes: number | null;
}

const MEBIBYTE = 1024 ** 2;

describe('the storage limit of an instance', () => {
  let customer: Customer;
  let admin: Customer;
  let instance: InstanceView;

  beforeAll(async () => {
    customer = await Customer.register(edgeOf(site));
    admin = await Customer.admin(site);
    instance = await customer.runningInstance({
      ...{ database_name: freshName('quota'), odoo_version: site.lightVersion },
      storage_limit: '200M',
    });
  });

  const view = async () => (await customer.instance(instance.id)) as StorageView;
  const quota = async () => Number(await ceph.attribute(directoryOf(site, instance), 'ceph.quota.max_bytes'));

  async function untilUsed(bytes: number): Promise<void> {
    const seen = await poll(
      async () => ((await view()).storage_used_bytes === bytes ? true : undefined),
      60_000,
    );
    if (seen === undefined) throw new Error(`${bytes} bytes were not seen: ${JSON.stringify(await view())}`);
  }

  test('is the quota of its directory from its creation on, and its usage is shown', async () => {
    expect(await quota()).toBe(200 * MEBIBYTE);
    await writeInto(instance, 'first', 30);
    await untilUsed(30 * MEBIBYTE);
    expect((await view()).storage_limit).toBe('200M');
  });

  test('is raised while the same container runs on', async () => {
    const { id } = await containerOfInstance(instance.id);
    const operation = await customer.change(instance.id, { storage_limit: '300M' });
    await customer.succeeded(operation.id);
    expect(await quota()).toBe(300 * MEBIBYTE);
    expect((await view()).storage_limit).toBe('300M');
    expect((await containerOfInstance(instance.id)).id).toBe(id);
  });

  test('below what is used is refused with the figures; only an operator may insist', async () => {
    await writeInto(instance, 'second', 130);
    await untilUsed(160 * MEBIBYTE);
    const path = `/instance/instances/${instance.id}`;
    const json = { storage_limit: '120M' };
    const refused = await customer.call(path, { method: 'PATCH', json });
    expect([refused.status, problemOf(refused)]).toEqual([
      409,
      expect.objectContaining({
        code: 'storage.quota_below_usage',
        detail: expect.stringMatching(/160M.*120M/),
      }),
    ]);
    expect((await view()).storage_limit).toBe('300M');
    const insisted = await customer.call(path, { method: 'PATCH', json: { ...json, force: true } });
    expect(insisted.status).toBe(403);
    expect(await quota()).toBe(300 * MEBIBYTE);
    await admin.succeeded((await admin.change(instance.id, { ...json, force: true })).id);
    expect(await quota()).toBe(120 * MEBIBYTE);
    await expect(writeInto(instance, 'third', 1)).rejects.toThrow(/quota/i);
  });
});
