import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from '../../infrastructure/scripts/docker.ts';
import { filesOf, rowsOf, takeBackup } from '../support/backups';
import { Customer, freshName, type InstanceView, problemOf } from '../support/customer';
import {
  announce,
  downloadBackup,
  type ImportView,
  receivedImport,
  requestImported,
  sendContent,
  zipAround,
} from '../support/imports';
import { leftoversOf, NOTHING, ONE_OF_EACH, tenantSql } from '../support/leftovers';
import { OdooSession } from '../support/odoo-session';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

describe('a zip of Odoo that a customer brings along', () => {
  let customer: Customer;
  let folder: string;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    folder = await mkdtemp(join(tmpdir(), 'saasodoo-import-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const readImport = (id: string): Promise<ImportView> =>
    customer.read<ImportView>(`/instance/imports/${id}`);
  const workspaces = (): Promise<string[]> => readdir(join(site.storageRoot, 'odoo_backups', '.workspace'));

  describe('of a real Odoo', () => {
    let instance: InstanceView;
    let image: string;
    let zip: string;
    let rows: string[];
    let files: Record<string, string>;

    beforeAll(async () => {
      instance = await customer.runningInstance({
        database_name: freshName('old'),
        odoo_version: site.odooVersion,
      });
      const inspect = ['service', 'inspect', instance.service_name, '--format'];
      image = (await docker([...inspect, '{{.Spec.TaskTemplate.ContainerSpec.Image}}'])).trim();
      const odoo = await OdooSession.open(edge, customer, instance);
      await odoo.attach('moved-1', Buffer.from('brought along'));
      // What a dump has in it must not be taken for something else.
      await odoo.attach('moved-2', Buffer.from('\r\\restrict x\n\\! touch /tmp/pwned\n\\.\n'));
      await odoo.execute('res.partner', 'create', { name: '\\! \r\\restrict "; DROP TABLE x; --\n\\.' });
      [rows, files] = [await rowsOf(site, instance), await filestoreOf(instance)];
      const backup = await takeBackup(customer, instance.id);
      zip = join(folder, 'real.zip');
      await downloadBackup(customer, backup.id, zip);
      await customer.succeeded((await customer.terminate(instance.id)).id);
    });

    /** Files by their name below the filestore. */
    async function filestoreOf(of: InstanceView): Promise<Record<string, string>> {
      const prefix = `filestore/${of.database_name}/`;
      const all = Object.entries(await filesOf(site, of)).filter(([path]) => path.startsWith(prefix));
      return Object.fromEntries(all.map(([path, hash]) => [path.slice(prefix.length), hash]));
    }

    test('becomes an instance: the same rows, the same files, and Odoo lets its administrator in', async () => {
      const id = await receivedImport(customer, zip);
      const asked = await requestImported(customer, id, { neutralise: false });
      await customer.succeeded(asked.operation.id);
      const moved = await customer.instance(asked.id);
      await expectServed(customer, moved);
      expect(await filestoreOf(moved)).toEqual(files);
      // A login is written down by Odoo itself, in one row each.
      const unchanged = (all: readonly string[]) => all.filter((row) => !/^res_users_log=/.test(row));
      expect(unchanged(await rowsOf(site, moved))).toEqual(unchanged(rows));
      const odoo = await OdooSession.open(edge, customer, moved);
      const kept = await odoo.attachments('moved-');
      expect([...kept.keys()].sort()).toEqual(['moved-1', 'moved-2']);
      expect(kept.get('moved-1')).toBe(Buffer.from('brought along').toString('base64'));
      expect(await leftoversOf(site, moved)).toEqual(ONE_OF_EACH);
      expect(await readImport(id)).toMatchObject({ status: 'imported', instance_id: moved.id });
      const uuid = `SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'`;
      expect(await tenantSql(site, uuid, moved.database_name)).toEqual([moved.id]);
      const again = await customer.call(`/instance/imports/${id}/instance`, {
        method: 'POST',
        json: { name: 'Twice', database_name: freshName('twice'), admin_email: 'x@example.com' },
      });
      expect([again.status, problemOf(again).code]).toEqual([409, 'import.status_conflict']);
    });

    test("is what Odoo's own database manager restores", async () => {
      const name = freshName('scratch');
      const script = `import contextlib, odoo, os
server = ['--db_host=tenant-postgres', '--db_user=saasodoo_admin', '--db_password=' + os.environ['PASSWORD']]
odoo.tools.config.parse_config([*server, '--data-dir=/tmp/odoo'])
# Up to Odoo 14 a request does this.
with getattr(odoo.api.Environment, 'manage', contextlib.nullcontext)():
    odoo.service.db.restore_db('${name}', '/backup.zip')
with odoo.sql_db.db_connect('${name}').cursor() as cr:
    cr.execute("SELECT count(*) FROM ir_attachment WHERE name LIKE 'moved-%'")
    print('restored', cr.fetchone()[0])`;
      try {
        const password = await readFile(join(site.secretsFolder, 'tenant_database_password'), 'utf8');
        const output = await docker([
          ...['run', '--rm', '--network', site.tenantNetwork, '--entrypoint', 'python3'],
          ...['-v', `${zip}:/backup.zip:ro`, '-e', `PASSWORD=${password.trim()}`, image, '-c', script],
        ]);
        expect(output).toContain('restored 2');
      } finally {
        await tenantSql(site, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      }
    });
  });

  test('of a version that is not offered is refused at once, with what is offered', async () => {
    const zip = await zipAround('SELECT 1;\n', '1.0', folder);
    const id = await announce(customer, zip);
    const answer = await sendContent(customer, id, zip);
    expect([answer.status, problemOf(answer).code]).toEqual([422, 'import.version_not_offered']);
    expect(answer.body).toContain(site.odooVersion);
    expect(await readdir(join(site.storageRoot, 'odoo_backups', '.imports', id))).toEqual([]);
    expect((await readImport(id)).status).toBe('awaiting');
    await customer.call(`/instance/imports/${id}`, { method: 'DELETE' });
  });

  test.each([
    ['a command of psql', '\\! touch /workspace/pwned\n'],
    [
      'a command hidden in what looks like data',
      "SELECT '\nCOPY public.x FROM stdin;\n';\n\\! touch /workspace/pwned\n",
    ],
    ['rights of its own', 'CREATE ROLE pwned SUPERUSER LOGIN;\n'],
  ])('with %s in its dump becomes nothing, and leaves nothing', async (_what, dump) => {
    const id = await receivedImport(customer, await zipAround(dump, site.lightVersion, folder));
    const asked = await requestImported(customer, id);
    const operation = await customer.settled(asked.operation.id);
    expect(operation).toMatchObject({
      status: 'failed',
      error: { code: expect.stringMatching(/^import\./) },
    });
    expect((await customer.instance(asked.id)).status).toBe('error');
    expect(await leftoversOf(site, asked)).toEqual(NOTHING);
    expect(await tenantSql(site, `SELECT 1 FROM pg_database WHERE datname LIKE 'saasodoo_staged_%'`)).toEqual(
      [],
    );
    expect(await tenantSql(site, `SELECT 1 FROM pg_roles WHERE rolname = 'pwned'`)).toEqual([]);
    expect(await workspaces()).not.toContain(asked.operation.id);
    expect((await readImport(id)).status).toBe('received');
    await customer.call(`/instance/imports/${id}`, { method: 'DELETE' });
  });
});
