import { randomBytes } from 'node:crypto';
import { poll } from '../../infrastructure/scripts/process.ts';
import { Ceph } from '../support/ceph';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { controlSql } from '../support/leftovers';
import { OdooSession } from '../support/odoo-session';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { containerOfInstance } from '../support/tasks';
import { writeInto } from '../support/tenant-files';
import { Watched } from '../support/watched';

const site = testSite();
const edge = edgeOf(site);

const MEBIBYTE = 1024 ** 2;
const LIMIT = 100 * MEBIBYTE;
/** Usage is told some seconds late, and Odoo takes a file at a time. */
const CHUNK = 4 * MEBIBYTE;

interface Used {
  readonly storage_used_bytes: number | null;
}

jest.setTimeout(300_000);

describe('a real Odoo that fills its directory through its own API, and then loses it', () => {
  let customer: Customer;
  let instance: InstanceView;
  let odoo: OdooSession;
  let container: string;
  let attached = 0;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      ...{ database_name: freshName('full'), odoo_version: site.odooVersion },
      storage_limit: '100M',
    });
    odoo = await OdooSession.open(edge, customer, instance);
    container = (await containerOfInstance(instance.id)).id;
  });

  const condition = async () =>
    (await customer.instance(instance.id)).conditions.find(({ type }) => type === 'storage');

  const used = async () =>
    ((await customer.instance(instance.id)) as InstanceView & Used).storage_used_bytes ?? 0;

  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const found = await poll(look, 60_000);
    if (found !== undefined) return found;
    throw new Error(`${what} was waited for in vain: ${JSON.stringify([await used(), await condition()])}`);
  }

  const untilReason = (reason: string) =>
    until(reason, async () => {
      const found = await condition();
      return found?.reason === reason ? found : undefined;
    });

  async function attach(): Promise<number> {
    attached += 1;
    return odoo.attach(`filling-${attached}`, randomBytes(CHUNK));
  }

  /** Waits for what was written to be counted before more is written. */
  async function fillTo(share: number): Promise<void> {
    for (let bytes = await used(); bytes < share * LIMIT; bytes = await used()) {
      const chunks = Math.max(1, Math.floor((share * LIMIT - bytes) / CHUNK));
      for (let written = 0; written < chunks; written += 1) await attach();
      await until('usage', async () => ((await used()) >= bytes + chunks * CHUNK * 0.9 ? true : undefined));
    }
  }

  test('is warned at 80 and at 90 percent', async () => {
    await fillTo(0.82);
    expect(await untilReason('GettingFull')).toMatchObject({ status: 'true' });
    await fillTo(0.91);
    expect(await untilReason('NearlyFull')).toMatchObject({
      status: 'true',
      message: expect.stringContaining('of 100M are used'),
    });
  });

  test('is refused at the quota', async () => {
    const refused = await until('a refusal', async () => {
      await attach();
      return writeInto(instance, 'by-hand', 4).then(
        () => undefined,
        (error: unknown) => error,
      );
    });
    expect(String(refused)).toMatch(/quota/i);
    expect(await untilReason('Full')).toMatchObject({ status: 'false' });
    expect(await used()).toBeLessThan(LIMIT + 8 * MEBIBYTE);
    // Published ones are moved to the archive a moment later.
    await until('an event at each threshold', async () => {
      const told = await controlSql(
        site,
        `SELECT payload ->> 'level' FROM outbox_archive WHERE payload ->> 'instance_id' = '${instance.id}'
           AND payload ? 'quota_bytes' ORDER BY (payload ->> 'level')::int`,
      );
      return told.join() === '80,90,100' ? true : undefined;
    });
  });

  test('goes on serving, and its database takes what it is given', async () => {
    await expectServed(customer, instance);
    const partner = Number(await odoo.execute('res.partner', 'create', { name: 'Written while full' }));
    await odoo.execute('res.partner', 'write', [partner], { city: 'Ulm' });
    expect(await odoo.execute('res.partner', 'read', [partner], ['city'])).toEqual([
      { id: partner, city: 'Ulm' },
    ]);
    await OdooSession.open(edge, customer, instance);
  });

  test('can write again as soon as its limit is raised, without a restart', async () => {
    await customer.succeeded((await customer.change(instance.id, { storage_limit: '200M' })).id);
    expect(await untilReason('Enough')).toMatchObject({ status: 'true' });
    const content = randomBytes(MEBIBYTE);
    await odoo.attach('after', content);
    expect((await odoo.attachments('after')).get('after')).toBe(content.toString('base64'));
    expect((await containerOfInstance(instance.id)).id).toBe(container);
  });

  test('is replaced by itself when the client behind its mount has died and it is mounted again', async () => {
    const ceph = Ceph.underTest();
    const watched = new Watched(site, customer, instance);
    await ceph.lose('tenants');
    try {
      await watched.untilHealth('no answer', ({ reason }) => reason === 'NotAnswering');
    } finally {
      await ceph.mountAgain();
    }
    await watched.untilRepaired({ kind: 'restart', reason: 'NotAnswering' });
    expect((await odoo.attachments('after')).size).toBe(1);
  });
});
