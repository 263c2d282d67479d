import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filesOf, listBackups } from '../support/backups';
import { Customer, freshName, type InstanceView, type OperationView, problemOf } from '../support/customer';
import { controlSql, directoryOf, leftoversOf, ONE_OF_EACH, tenantSql } from '../support/leftovers';
import { OdooSession } from '../support/odoo-session';
import { edgeOf, testSite } from '../support/site';
import { expectServed, expectStopped } from '../support/states';
import {
  contentOf,
  eventsOf,
  imagesOf,
  requestUpgrade,
  runsAnotherImage,
  updatedModules,
  type UpgradePreview,
} from '../support/upgrades';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

/** What was replaced has been removed as well. */
async function expectTidied(customer: Customer, instance: InstanceView): Promise<void> {
  const open = `SELECT id FROM operation WHERE instance_id = '${instance.id}' AND kind = 'discard'`;
  for (const id of await controlSql(site, open)) await customer.succeeded(id);
  expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
  const strays = `SELECT datname FROM pg_database WHERE datname ~ '^saasodoo_(staged|replaced)_'`;
  expect(await tenantSql(site, strays)).toEqual([]);
}

describe('an upgrade', () => {
  const light = { version: site.lightVersion, image: 'saasodoo/test-odoo-light:latest' };
  const earlier = { version: site.lightVersion, image: site.fleetingImage };
  let admin: Customer;
  let customer: Customer;
  let instance: InstanceView;
  let folder: string;

  beforeAll(async () => {
    admin = await Customer.admin(site);
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      database_name: freshName('upgrade'),
      odoo_version: site.lightVersion,
    });
    folder = directoryOf(site, instance);
  });

  /** The instance runs another image than its version has here now. */
  async function behind(): Promise<void> {
    await runsAnotherImage(site, instance, earlier);
    await customer.succeeded((await admin.command(instance.id, 'redeploy')).id);
    expect(await imagesOf(site, instance)).toEqual([earlier.image, earlier.image]);
  }

  /** A file that belongs to Odoo. */
  async function put(name: string, content: string): Promise<void> {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    for (const own of [path, dirname(path), dirname(dirname(path))]) await chown(own, 101, 101);
  }

  /** What cannot be had leaves everything as it was, and the earlier image serves. */
  async function expectTurnedBack(reason: object): Promise<OperationView> {
    const images = await imagesOf(site, instance);
    const [content, files] = [await contentOf(site, instance), await filesOf(site, instance)];
    const { id } = await requestUpgrade(customer, instance, { modules: ['base'] });
    const ended = await customer.settled(id);
    expect(ended).toMatchObject({ status: 'failed', error: reason });
    expect(await imagesOf(site, instance)).toEqual(images);
    expect(await contentOf(site, instance)).toBe(content);
    expect(await filesOf(site, instance)).toEqual(files);
    expect(await eventsOf(site, ended)).toEqual(['instance.upgrade_failed.v1']);
    const [newest] = await listBackups(customer, instance.id);
    expect(newest).toMatchObject({ kind: 'safety', status: 'completed' });
    await expectTidied(customer, instance);
    return ended;
  }

  test('is the only thing that moves an instance to another image', async () => {
    await behind();
    await customer.succeeded((await customer.command(instance.id, 'restart')).id);
    await customer.succeeded((await customer.change(instance.id, { environment: { TZ: 'UTC' } })).id);
    await customer.succeeded((await customer.command(instance.id, 'stop')).id);
    await customer.succeeded((await customer.command(instance.id, 'start')).id);
    expect(await imagesOf(site, instance)).toEqual([earlier.image, earlier.image]);
  });

  test('says before what it would change', async () => {
    const answer = await customer.request(instance.id, 'upgrade', { dry_run: true });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body) as UpgradePreview).toMatchObject({
      ...{ from_image: earlier.image, to_image: light.image, modules: ['all'] },
    });
    expect(await imagesOf(site, instance)).toEqual([earlier.image, earlier.image]);
  });

  test('brings image and data on, and keeps what was there in a safety backup', async () => {
    const filestore = `filestore/${instance.database_name}/aa`;
    await put(`${filestore}/removed-by-update`, 'goes');
    await put(`${filestore}/kept`, 'stays');
    await put('addons/changed-by-update', 'first\n');
    const files = await filesOf(site, instance);
    const operation = await requestUpgrade(customer, instance);
    await customer.succeeded(operation.id);
    await expectServed(customer, instance);
    expect(await imagesOf(site, instance)).toEqual([light.image, light.image]);
    expect(await updatedModules(site, instance)).toEqual(['all']);
    const { [`${filestore}/added-by-update-of-all`]: added, ...upgraded } = await filesOf(site, instance);
    expect(added).toEqual(expect.any(String));
    const { [`${filestore}/removed-by-update`]: _, ...kept } = files;
    expect(Object.keys(upgraded).sort()).toEqual(Object.keys(kept).sort());
    expect(upgraded[`${filestore}/kept`]).toBe(files[`${filestore}/kept`]);
    expect(await readFile(join(folder, 'addons/changed-by-update'), 'utf8')).toBe('first\nchanged\n');
    expect(await eventsOf(site, operation)).toEqual(['instance.upgraded.v1']);
    const [newest] = await listBackups(customer, instance.id);
    expect(newest).toMatchObject({ kind: 'safety', status: 'completed', consistent: true });
    await expectTidied(customer, instance);
  });

  test('to what is there already is refused, unless modules are named', async () => {
    const answer = await customer.request(instance.id, 'upgrade', {});
    expect([answer.status, problemOf(answer).code]).toEqual([409, 'upgrade.nothing_to_do']);
    await customer.succeeded((await requestUpgrade(customer, instance, { modules: ['base', 'web'] })).id);
    expect(await updatedModules(site, instance)).toEqual(['base,web']);
    await expectServed(customer, instance);
  });

  test('twice at once takes turns', async () => {
    const asked = [
      await requestUpgrade(customer, instance, { modules: ['base'] }),
      await requestUpgrade(customer, instance, { modules: ['web'] }),
    ];
    for (const { id } of asked) await customer.succeeded(id);
    expect(await updatedModules(site, instance)).toEqual(['web']);
    await expectTidied(customer, instance);
  });

  test('whose update fails is turned back, and says what Odoo said', async () => {
    await behind();
    await put(`filestore/${instance.database_name}/aa/removed-by-update`, 'goes, and comes back');
    const fails = (environment: string): string =>
      `UPDATE instance SET environment = '${environment}' WHERE id = '${instance.id}'`;
    await controlSql(site, fails('{"LIGHT_UPDATE_FAILS": "1"}'));
    try {
      const ended = await expectTurnedBack({ code: 'odoo_job.failed' });
      expect(JSON.stringify(ended)).toContain('odoo-light cannot load registry');
    } finally {
      await controlSql(site, fails('{}'));
    }
    await expectServed(customer, instance);
  });

  test('whose server does not come up is turned back', async () => {
    await behind();
    await runsAnotherImage(site, instance, { ...earlier, version: site.brokenVersion });
    await expectTurnedBack({ code: expect.stringMatching(/^swarm\./) });
    await runsAnotherImage(site, instance, earlier);
    await expectServed(customer, instance);
  });

  test('to an image that cannot be had does not take the instance down', async () => {
    await runsAnotherImage(site, instance, { ...earlier, version: '91' });
    const { id } = await requestUpgrade(customer, instance);
    const ended = await customer.settled(id);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'swarm.image_unavailable' } });
    expect(ended.steps.find(({ name }) => name === 'take-down')).toMatchObject({ status: 'pending' });
    await runsAnotherImage(site, instance, earlier);
    await expectServed(customer, instance);
  });

  test('of a stopped instance leaves it stopped, on the new image from its next start on', async () => {
    await customer.succeeded((await customer.command(instance.id, 'stop')).id);
    await customer.succeeded((await requestUpgrade(customer, instance)).id);
    await expectStopped(customer, instance);
    expect(await updatedModules(site, instance)).toEqual(['all']);
    await customer.succeeded((await customer.command(instance.id, 'start')).id);
    await expectServed(customer, instance);
    expect(await imagesOf(site, instance)).toEqual([light.image, light.image]);
    await expectTidied(customer, instance);
  });

  test('to another major version has the data that a command of the site made of it', async () => {
    const kept = `filestore/${instance.database_name}/aa/kept-by-migration`;
    await put(kept, 'stays');
    const older = await customer.request(instance.id, 'upgrade', { odoo_version: '89' });
    expect(problemOf(older).code).toBe('upgrade.downgrade');
    const unknown = await customer.request(instance.id, 'upgrade', { odoo_version: site.brokenVersion });
    expect([unknown.status, problemOf(unknown).code]).toEqual([422, 'upgrade.major_not_configured']);
    const operation = await requestUpgrade(customer, instance, { odoo_version: site.fleetingVersion });
    await customer.succeeded(operation.id);
    await expectServed(customer, instance);
    expect(await imagesOf(site, instance)).toEqual([site.fleetingImage, site.fleetingImage]);
    expect(await updatedModules(site, instance)).toEqual([`from-${site.lightVersion}`]);
    expect(await filesOf(site, instance)).toHaveProperty([kept]);
    const { odoo_version } = await customer.read<{ odoo_version: string }>(
      `/instance/instances/${instance.id}`,
    );
    expect(odoo_version).toBe(site.fleetingVersion);
    expect(await eventsOf(site, operation)).toEqual(['instance.upgraded.v1']);
    await expectTidied(customer, instance);
  });
});

describe('an upgrade of a real Odoo', () => {
  test('keeps what users have stored', async () => {
    const customer = await Customer.register(edge);
    const instance = await customer.runningInstance({
      database_name: freshName('upgrade'),
      odoo_version: site.odooVersion,
    });
    const odoo = await OdooSession.open(edge, customer, instance);
    await odoo.attach('kept-1', Buffer.from('first'));
    const partner = await odoo.execute('res.partner', 'create', { name: 'Kept Partner' });
    const operation = await requestUpgrade(customer, instance, { modules: ['base'] });
    await customer.succeeded(operation.id, 280_000);
    await expectServed(customer, instance);
    const after = await OdooSession.open(edge, customer, instance);
    const content = Buffer.from('first').toString('base64');
    expect((await after.attachments('kept-')).get('kept-1')).toBe(content);
    expect(await after.execute('res.partner', 'read', [partner], ['name'])).toEqual([
      { id: partner, name: 'Kept Partner' },
    ]);
    expect(await eventsOf(site, operation)).toEqual(['instance.upgraded.v1']);
    const [newest] = await listBackups(customer, instance.id);
    expect(newest).toMatchObject({ kind: 'safety', status: 'completed', consistent: true });
    await expectTidied(customer, instance);
    await customer.succeeded((await customer.terminate(instance.id)).id);
  });
});
