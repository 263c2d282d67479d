import { crashPointsOf, stepListOf } from '@saasodoo/operations/domain';
import { chown, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  backupFolder,
  filesOf,
  listBackups,
  readBackup,
  requestRestore,
  rowsOf,
  takeBackup,
  type BackupView,
} from '../support/backups';
import { pointsOf } from '../support/points';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { DoomedWorkers } from '../support/doomed-workers';
import {
  controlSql,
  directoriesLike,
  directoryOf,
  leftoversOf,
  NOTHING,
  ONE_OF_EACH,
  tenantSql,
} from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);
/** Short leases, so that the next worker takes over soon; nothing is done that nobody asked for. */
const IMPATIENT = { OPERATION_LEASE_MS: '1000', RECONCILE_EVERY_MS: '0', BACKUP_SCHEDULE_EVERY_MS: '0' };
const workers = new DoomedWorkers(site, 'lifecycle', IMPATIENT);

jest.setTimeout(600_000);

/** `effect` of the swap, and the moments within it. */
const SWAP = ['restore.swap-data.between', 'restore.swap-data.files', 'restore-new.swap-data.effect'];
/** Those of the deployment are the ones of a start; of it the last one is enough. */
const isOfStart = (point: string): boolean =>
  stepListOf('start').some((step) => point.includes(`.${step}.`)) &&
  point !== 'restore-new.await-http.checkpointed';
const copyPoints = pointsOf('restore-new')
  .filter((point) => !isOfStart(point))
  .flatMap((point) => (point === 'restore-new.swap-data.effect' ? SWAP : [point]));
/** Those that leave something to undo when the copy does not come up; a step begins to be undone where the last one ended. */
const UNDONE = ['create-role', 'fetch-backup', 'restore-database', 'restore-files', 'swap-data'];
const undoPoints = crashPointsOf('restore-new')
  .undo.filter(
    (point) => UNDONE.some((step) => point.includes(`.${step}.`)) && !point.endsWith('.undo-before'),
  )
  .flatMap((point) =>
    point === 'restore-new.swap-data.undo-effect' ? ['restore.swap-data.undo-database', point] : [point],
  );
const discardPoints = pointsOf('discard').flatMap((point) =>
  point === 'discard.discard-replaced.effect' ? ['discard.discard-replaced.database', point] : [point],
);
const deletePoints = pointsOf('delete-backup').flatMap((point) =>
  point === 'delete-backup.remove-backup.effect' ? ['backups.set-aside', point] : [point],
);

/** As Odoo names what it stores. */
const STORED = '8c/8cb2237d0679ca88db6464eac60da96345513964';

/** One operation is killed at one boundary after the other: each worker goes on where the last one died. */
describe('a lifecycle killed at every boundary of a copy, of what tidies up, and of the end of a backup', () => {
  let customer: Customer;
  let source: InstanceView;
  let backup: BackupView;
  let spare: BackupView;
  let rows: string[];
  let files: Record<string, string>;
  const name = freshName('copy');

  beforeAll(async () => {
    customer = await Customer.register(edge);
    source = await customer.runningInstance({
      database_name: freshName('source'),
      odoo_version: site.lightVersion,
    });
    await store('12345');
    backup = await takeBackup(customer, source.id);
    spare = await takeBackup(customer, source.id);
    [rows, files] = [await rowsOf(site, source), await filesOf(site, source)];
    await scale(site, 'lifecycle', 0);
  });

  afterAll(() => scale(site, 'lifecycle', 1));

  async function killedAt(points: readonly string[]): Promise<void> {
    for (const point of points) await workers.dieAt(point);
  }

  /** A file where Odoo keeps them, of the instance's own user. */
  async function store(content: string): Promise<void> {
    const root = directoryOf(site, source);
    const { uid, gid } = await stat(root);
    let path = root;
    for (const part of ['filestore', source.database_name, STORED.slice(0, 2)]) {
      path = join(path, part);
      await mkdir(path, { recursive: true });
      await chown(path, uid, gid);
    }
    const file = join(path, STORED.slice(3));
    await writeFile(file, content);
    await chown(file, uid, gid);
  }

  async function requestCopy(): Promise<InstanceView> {
    const json = { name: 'Copy', database_name: name };
    const answer = await customer.call(`/instance/backups/${backup.id}/copy`, { method: 'POST', json });
    expect([answer.status, answer.body]).toEqual([202, expect.stringContaining(name)]);
    return JSON.parse(answer.body) as InstanceView;
  }

  /** Nothing of an operation is left where it worked, and nothing under a name that only an operation gives. */
  async function expectTidy(instance: InstanceView): Promise<void> {
    const open = `SELECT id FROM operation WHERE instance_id = '${instance.id}' AND kind = 'discard'`;
    for (const id of await controlSql(site, open)) await customer.succeeded(id);
    const strays = `SELECT datname FROM pg_database WHERE datname ~ '^saasodoo_(staged|replaced)_'`;
    expect(await tenantSql(site, strays)).toEqual([]);
    expect(await readdir(join(site.storageRoot, 'odoo_backups', '.workspace'))).toEqual([]);
    const folders = await directoriesLike(site, instance);
    expect(folders.filter((folder) => /_(staged|replaced)_/.test(folder))).toEqual([]);
  }

  async function expectSourceAsItWas(): Promise<void> {
    expect(await rowsOf(site, source)).toEqual(rows);
    expect(await filesOf(site, source)).toEqual(files);
    expect(await leftoversOf(site, source)).toEqual(ONE_OF_EACH);
    expect(await readBackup(customer, backup.id)).toMatchObject({ status: 'completed', consistent: true });
  }

  test('a copy that does not come up leaves nothing, not even its name', async () => {
    const asked = await requestCopy();
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
    await expectSourceAsItWas();
  });

  test('a copy has the data of the backup in the end', async () => {
    const asked = await requestCopy();
    await killedAt(copyPoints);
    const copy = await workers.unharmed(async () => {
      await customer.succeeded(asked.operation.id);
      await expectTidy(asked);
      return customer.instance(asked.id);
    });
    await expectServed(customer, copy);
    expect(await leftoversOf(site, copy)).toEqual(ONE_OF_EACH);
    const uuid = `SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'`;
    expect(await tenantSql(site, uuid, name)).toEqual([copy.id]);
    const renamed = Object.entries(files).map(([path, hash]) => [
      path.replace(`filestore/${source.database_name}/`, `filestore/${name}/`),
      hash,
    ]);
    expect(await filesOf(site, copy)).toEqual(Object.fromEntries(renamed));
    expect((await rowsOf(site, copy)).filter(isUntouched)).toEqual(rows.filter(isUntouched));
    await expectSourceAsItWas();
    // Whose directory it is, is written down: else it could not be taken away.
    expect(await directoriesLike(site, copy)).toHaveLength(2);
  });

  test('what a restoration replaced is gone in the end, and nothing else', async () => {
    const { operation } = await requestRestore(customer, backup.id, { safety_backup: false });
    // The first of them carries out the restoration as well.
    await killedAt(discardPoints);
    expect(await customer.operation(operation.id)).toMatchObject({ status: 'succeeded' });
    await workers.unharmed(() => expectTidy(source));
    await expectSourceAsItWas();
    await expectServed(customer, source);
  });

  test('a deleted backup is gone in the end, and no other', async () => {
    const answer = await customer.call(`/instance/backups/${spare.id}`, { method: 'DELETE' });
    expect(answer.status).toBe(202);
    await killedAt(deletePoints);
    const { operation } = JSON.parse(answer.body) as { operation: { id: string } };
    await workers.unharmed(() => customer.succeeded(operation.id));
    expect((await customer.call(`/instance/backups/${spare.id}`)).status).toBe(404);
    await expect(readdir(backupFolder(site, spare.id))).rejects.toThrow('ENOENT');
    const kept = await readdir(join(site.storageRoot, 'odoo_backups'));
    expect(kept.filter((folder) => folder.startsWith('.removed-'))).toEqual([]);
    expect((await listBackups(customer, source.id)).map(({ id }) => id)).toEqual([backup.id]);
    await expectSourceAsItWas();
  });
});

/** Not among the tables in which a copy differs from what it was made of. */
function isUntouched(row: string): boolean {
  return !/^(ir_config_parameter|ir_mail_server|res_users_log)=/.test(row);
}
