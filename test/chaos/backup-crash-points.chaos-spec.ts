import { crashPointsOf, stepListOf } from '@saasodoo/operations/domain';
import {
  filesOf,
  listBackups,
  readBackup,
  requestBackup,
  requestRestore,
  rowsOf,
  takeBackup,
} from '../support/backups';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { controlSql, leftoversOf, ONE_OF_EACH, tenantSql } from '../support/leftovers';
import { DoomedWorkers } from '../support/doomed-workers';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(1_200_000);

/** Short leases, so that the next worker takes over soon. */
const IMPATIENT = { OPERATION_LEASE_MS: '1500', RECONCILE_EVERY_MS: '0' };
/** The steps of a restoration that leave something to undo when the instance does not come up on the data. */
const UNDONE = ['fetch-backup', 'restore-database', 'restore-files', 'take-down', 'swap-data'];
const WITHIN_SWAP = ['restore.swap-data.between', 'restore.swap-data.files'];

const backupPoints = crashPointsOf('backup').forward;
/** Those of the safety backup are the ones of a backup; those of the deployment are the ones of a start. */
const isItsOwn = (point: string): boolean =>
  [...stepListOf('backup'), ...stepListOf('start')].every((step) => !point.includes(`.${step}.`));
const restorePoints = crashPointsOf('restore')
  .forward.filter(isItsOwn)
  .flatMap((point) => (point === 'restore.swap-data.effect' ? [...WITHIN_SWAP, point] : [point]));
const undoPoints = crashPointsOf('restore')
  .undo.filter((point) => UNDONE.some((step) => point.includes(`.${step}.`)))
  .flatMap((point) =>
    point === 'restore.swap-data.undo-effect' ? ['restore.swap-data.undo-database', point] : [point],
  );

/** One operation is killed at one boundary after the other: each worker goes on where the last one died. */
describe('a lifecycle killed at every boundary of a backup and of a restoration', () => {
  const workers = new DoomedWorkers(site, 'lifecycle', IMPATIENT);
  let customer: Customer;
  let instance: InstanceView;
  let backupId: string | undefined;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      database_name: freshName('crash'),
      odoo_version: site.lightVersion,
    });
    await mark('before the backup');
    await scale(site, 'lifecycle', 0);
  });

  afterAll(() => scale(site, 'lifecycle', 1));

  async function killedAt(points: readonly string[]): Promise<void> {
    for (const point of points) await workers.dieAt(point);
  }

  /** Something in the database that tells one state of the data from another. */
  async function mark(text: string): Promise<void> {
    const sql = `INSERT INTO ir_config_parameter (key, value) VALUES ('test.mark', '${text}')
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
    await tenantSql(site, sql, instance.database_name);
  }

  async function marked(): Promise<string | undefined> {
    const sql = `SELECT value FROM ir_config_parameter WHERE key = 'test.mark'`;
    return (await tenantSql(site, sql, instance.database_name))[0];
  }

  /** The restoration's own tidying has ended as well. */
  async function tidied(): Promise<void> {
    const open = `SELECT id FROM operation WHERE instance_id = '${instance.id}' AND kind = 'discard'`;
    for (const id of await controlSql(site, open)) await customer.succeeded(id);
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
    expect(await strays()).toEqual([]);
  }

  function strays(): Promise<string[]> {
    return tenantSql(site, `SELECT datname FROM pg_database WHERE datname ~ '^saasodoo_(staged|replaced)_'`);
  }

  test('a backup is complete in the end', async () => {
    const { backup, operation } = await requestBackup(customer, instance.id);
    await killedAt(backupPoints);
    await workers.unharmed(() => customer.succeeded(operation.id));
    expect(await readBackup(customer, backup.id)).toMatchObject({ status: 'completed', consistent: true });
    expect((await listBackups(customer, instance.id)).map(({ id }) => id)).toEqual([backup.id]);
    backupId = backup.id;
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
  });

  test('a restoration has the data of the backup in the end', async () => {
    const [rows, files] = [await rowsOf(site, instance), await filesOf(site, instance)];
    backupId ??= (await workers.unharmed(() => takeBackup(customer, instance.id))).id;
    await mark('after the backup');
    const { operation } = await requestRestore(customer, backupId);
    await killedAt(restorePoints);
    await workers.unharmed(async () => {
      await customer.succeeded(operation.id);
      await tidied();
    });
    expect(await marked()).toBe('before the backup');
    expect(await rowsOf(site, instance)).toEqual(rows);
    expect(await filesOf(site, instance)).toEqual(files);
    await expectServed(customer, instance);
    const backups = await listBackups(customer, instance.id);
    expect(backups.map(({ kind, status }) => [kind, status])).toEqual([
      ['safety', 'completed'],
      ['manual', 'completed'],
    ]);
  });

  test('a restoration that cannot be finished leaves the data as it was', async () => {
    backupId ??= (await workers.unharmed(() => takeBackup(customer, instance.id))).id;
    await mark('to be kept');
    const [rows, files] = [await rowsOf(site, instance), await filesOf(site, instance)];
    // From now on its server starts and refuses to serve.
    const broken = `UPDATE instance SET environment = '{"LIGHT_NEEDS_MEMORY": "99999999999999"}'`;
    await controlSql(site, `${broken} WHERE id = '${instance.id}'`);
    const { operation } = await requestRestore(customer, backupId);
    await killedAt(undoPoints);
    await workers.unharmed(async () => {
      expect(await customer.settled(operation.id)).toMatchObject({ status: 'failed' });
    });
    expect(await marked()).toBe('to be kept');
    expect(await rowsOf(site, instance)).toEqual(rows);
    expect(await filesOf(site, instance)).toEqual(files);
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
    expect(await strays()).toEqual([]);
  });
});
