import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { requestRestore, takeBackup } from '../support/backups';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { directoryOf, tenantSql } from '../support/leftovers';
import { OdooSession } from '../support/odoo-session';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(600_000);

/** What the attachment of this number holds. */
function contentOf(number: number): Buffer {
  return Buffer.from(`content of ${number} `.repeat(500));
}

describe('a backup that is taken while users write', () => {
  let customer: Customer;
  let instance: InstanceView;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      database_name: freshName('load'),
      odoo_version: site.odooVersion,
    });
  });

  test('is restored with every file that its database names', async () => {
    const odoo = await OdooSession.open(edge, customer, instance);
    await odoo.attach('load-0', contentOf(0));
    let isOver = false;
    const writing = (async () => {
      let number = 1;
      for (; !isOver; number += 1) await odoo.attach(`load-${number}`, contentOf(number));
      return number;
    })();
    const backup = await takeBackup(customer, instance.id).finally(() => (isOver = true));
    const written = await writing;
    expect(backup).toMatchObject({ status: 'completed', consistent: true });
    await customer.succeeded((await requestRestore(customer, backup.id)).operation.id, 400_000);
    await expectServed(customer, instance);
    const restored = await OdooSession.open(edge, customer, instance);
    const attachments = [...(await restored.attachments('load-'))];
    expect(attachments.length).toBeGreaterThan(0);
    expect(attachments.length).toBeLessThan(written);
    for (const [name, content] of attachments) {
      expect([name, content]).toEqual([name, contentOf(Number(name.slice(5))).toString('base64')]);
    }
    await expectFilesNamed();
  });

  /** Every file that a row names is there, and is what its name says. */
  async function expectFilesNamed(): Promise<void> {
    const filestore = join(directoryOf(site, instance), 'filestore', instance.database_name);
    const there = new Set(await readdir(filestore, { recursive: true }));
    const named = await tenantSql(
      site,
      'SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL',
      instance.database_name,
    );
    expect(named.filter((name) => !there.has(name))).toEqual([]);
    const first = createHash('sha1').update(contentOf(0)).digest('hex');
    expect(named).toContain(`${first.slice(0, 2)}/${first}`);
  }
});
