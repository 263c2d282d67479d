import { docker, tryDocker } from '../../infrastructure/scripts/docker.ts';
import { Customer, freshName } from '../support/customer';
import { containerOf, controlSql } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';

const site = testSite();

jest.setTimeout(300_000);

describe('a password rests nowhere in clear', () => {
  let adminPassword: string;
  let databasePassword: string;
  let serviceName: string;

  beforeAll(async () => {
    const customer = await Customer.register(edgeOf(site));
    const created = await customer.createInstance({
      database_name: freshName('secret'),
      odoo_version: site.odooVersion,
    });
    expect(await customer.settled(created.operation.id)).toMatchObject({ status: 'succeeded' });
    adminPassword = (await customer.credentials(created.id)).password;
    serviceName = created.service_name;
    // The one place it is in clear, for Odoo alone: its configuration, on a tmpfs in its container.
    const [container] = (await docker(['ps', '-q', '--filter', `name=${serviceName}`])).split('\n');
    const config = await docker(['exec', container ?? '', 'cat', '/run/secrets/odoo.conf']);
    databasePassword = /db_password = (\S+)/.exec(config)?.[1] ?? '';
    expect(databasePassword.length).toBeGreaterThan(16);
  });

  function expectNoSecret(text: string): void {
    expect(text.length).toBeGreaterThan(0);
    expect(text.includes(adminPassword)).toBe(false);
    expect(text.includes(databasePassword)).toBe(false);
  }

  test("not in the service's specification", async () => {
    expectNoSecret(await docker(['service', 'inspect', serviceName]));
  });

  test.each([
    'api-gateway',
    'provisioner',
    'lifecycle',
    'monitor',
    'janitor',
    'edge',
    'rabbitmq',
    'postgres',
    'tenant-postgres',
  ])('not in the log of %s', async (app) => {
    expectNoSecret((await tryDocker(['service', 'logs', `${site.name}_${app}`])).output);
  });

  test('not in the control database, its messages and kept answers included', async () => {
    const container = await containerOf(site, 'postgres');
    expectNoSecret(
      await docker([
        'exec',
        '-u',
        'postgres',
        container,
        'pg_dump',
        '-U',
        'saasodoo',
        '--inserts',
        'saasodoo',
      ]),
    );
    expect((await controlSql(site, 'SELECT 1 FROM outbox_archive LIMIT 1')).length).toBe(1);
  });
});
