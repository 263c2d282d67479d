import { crashPointsOf, stepListOf } from '@saasodoo/operations/domain';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll } from '../../infrastructure/scripts/process.ts';
import { rowsOf, takeBackup } from '../support/backups';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { DoomedWorkers } from '../support/doomed-workers';
import { downloadBackup, type ImportView, receivedImport, requestImported } from '../support/imports';
import {
  controlSql,
  directoriesLike,
  leftoversOf,
  NOTHING,
  ONE_OF_EACH,
  tenantSql,
} from '../support/leftovers';
import { pointsOf } from '../support/points';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);
/** Short leases, so that the next worker takes over soon; nothing is done that nobody asked for. */
const IMPATIENT = {
  ...{ OPERATION_LEASE_MS: '1000', RECONCILE_EVERY_MS: '0', BACKUP_SCHEDULE_EVERY_MS: '0' },
  IMPORT_SWEEP_EVERY_MS: '500',
};
const workers = new DoomedWorkers(site, 'lifecycle', IMPATIENT);

jest.setTimeout(600_000);

/** Those of the deployment are the ones of a start; of it the last one is enough. */
const isOfStart = (point: string): boolean =>
  stepListOf('start').some((step) => point.includes(`.${step}.`)) &&
  point !== 'import.await-http.checkpointed';
const importPoints = pointsOf('import').filter((point) => !isOfStart(point));
/** Those that leave something to undo when the instance does not come up; a step begins to be undone where the last one ended. */
const UNDONE = ['unpack-dump', 'create-role', 'load-database', 'unpack-files', 'swap-data'];
const undoPoints = crashPointsOf('import').undo.filter(
  (point) => UNDONE.some((step) => point.includes(`.${step}.`)) && !point.endsWith('.undo-before'),
);

/** One operation is killed at one boundary after the other: each worker goes on where the last one died. */
describe('a lifecycle killed at every boundary of an import', () => {
  let customer: Customer;
  let importId: string;
  let rows: string[];

  beforeAll(async () => {
    customer = await Customer.register(edge);
    const source = await customer.runningInstance({
      database_name: freshName('old'),
      odoo_version: site.lightVersion,
    });
    const folder = await mkdtemp(join(tmpdir(), 'saasodoo-import-'));
    const zip = join(folder, 'old.zip');
    const backup = await takeBackup(customer, source.id);
    rows = await rowsOf(site, source);
    await downloadBackup(customer, backup.id, zip);
    importId = await receivedImport(customer, zip);
    await rm(folder, { recursive: true });
    // What was unpacked for the download goes after it.
    const isTidy = async () => ((await workspaces()).length === 0 ? true : undefined);
    expect(await poll(isTidy, 60_000)).toBe(true);
    await scale(site, 'lifecycle', 0);
  });

  afterAll(() => scale(site, 'lifecycle', 1));

  const readImport = (): Promise<ImportView> => customer.read<ImportView>(`/instance/imports/${importId}`);

  const workspaces = (): Promise<string[]> => readdir(join(site.storageRoot, 'odoo_backups', '.workspace'));
  const sentZips = (): Promise<string[]> => readdir(join(site.storageRoot, 'odoo_backups', '.imports'));

  async function killedAt(points: readonly string[]): Promise<void> {
    for (const point of points) await workers.dieAt(point);
  }

  async function expectTidy(instance: InstanceView): Promise<void> {
    const open = `SELECT id FROM operation WHERE instance_id = '${instance.id}' AND kind = 'discard'`;
    for (const id of await controlSql(site, open)) await customer.succeeded(id);
    const strays = `SELECT datname FROM pg_database WHERE datname ~ '^saasodoo_(staged|replaced)_'`;
    expect(await tenantSql(site, strays)).toEqual([]);
    expect(await workspaces()).toEqual([]);
    const folders = await directoriesLike(site, instance);
    expect(folders.filter((folder) => /_(staged|replaced)_/.test(folder))).toEqual([]);
  }

  test('one that does not come up leaves nothing, and what was sent can be tried again', async () => {
    const asked = await requestImported(customer, importId);
    // Its server starts and refuses to serve.
    const broken = `UPDATE instance SET environment = '{"LIGHT_NEEDS_MEMORY": "99999999999999"}'`;
    await controlSql(site, `${broken} WHERE id = '${asked.id}'`);
    await killedAt(undoPoints);
    await workers.unharmed(async () => {
      expect(await customer.settled(asked.operation.id)).toMatchObject({ status: 'failed' });
    });
    expect(await leftoversOf(site, asked)).toEqual(NOTHING);
    await expectTidy(asked);
    expect(await directoriesLike(site, asked)).toEqual([]);
    expect(await readImport()).toMatchObject({ status: 'received' });
  });

  test('one has the data that was sent in the end, and what was sent goes', async () => {
    const asked = await requestImported(customer, importId);
    await killedAt(importPoints);
    const moved = await workers.unharmed(async () => {
      await customer.succeeded(asked.operation.id);
      await expectTidy(asked);
      const isSwept = async () => ((await sentZips()).includes(importId) ? undefined : true);
      expect(await poll(isSwept, 30_000)).toBe(true);
      return customer.instance(asked.id);
    });
    await expectServed(customer, moved);
    expect(await leftoversOf(site, moved)).toEqual(ONE_OF_EACH);
    expect((await rowsOf(site, moved)).filter(isUntouched)).toEqual(rows.filter(isUntouched));
    expect(await readImport()).toMatchObject({ status: 'imported', instance_id: moved.id });
  });
});

/** Not among the tables in which an instance differs from what it was made of. */
function isUntouched(row: string): boolean {
  return !/^(ir_config_parameter|ir_mail_server|res_users_log)=/.test(row);
}
