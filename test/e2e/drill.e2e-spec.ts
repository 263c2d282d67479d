import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../../infrastructure/scripts/process.ts';
import { backupFolder, type BackupView, takeBackup } from '../support/backups';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { besides, readDrilled, requestDrill } from '../support/drills';
import { ONE_OF_EACH } from '../support/leftovers';
import { OdooSession } from '../support/odoo-session';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(300_000);

describe('a drill of a backup of a real Odoo', () => {
  let customer: Customer;
  let instance: InstanceView;
  let backup: BackupView;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      database_name: freshName('drill'),
      odoo_version: site.odooVersion,
    });
    const odoo = await OdooSession.open(edge, customer, instance);
    await odoo.attach('kept-1', Buffer.from('first'));
    backup = await takeBackup(customer, instance.id);
  });

  /** Asks the instance again and again while `work` goes on; answers how it answered. */
  async function askedMeanwhile<T>(work: Promise<T>): Promise<{ result: T; answers: ReadonlySet<number> }> {
    const answers = new Set<number>();
    let isOver = false;
    const asking = (async () => {
      while (!isOver) answers.add((await edge.call(instance.database_name, '/web/login')).status);
    })();
    try {
      const result = await work;
      return { result, answers };
    } finally {
      isOver = true;
      await asking;
    }
  }

  const condition = async () =>
    (await customer.instance(instance.id)).conditions.find(({ type }) => type === 'restorable');

  test('passes, while the instance serves, and leaves nothing', async () => {
    const { id } = await requestDrill(customer, backup.id);
    const { result, answers } = await askedMeanwhile(customer.succeeded(id));
    expect([...answers]).toEqual([200]);
    expect(result.steps.map(({ status }) => status)).toEqual(result.steps.map(() => 'done'));
    const { drill, drill_put_off, rows, files } = await readDrilled(customer, backup.id);
    expect(drill).toMatchObject({ status: 'passed', rows, files, error: null });
    expect(drill?.restored_bytes).toBeGreaterThan(100_000);
    expect(drill_put_off).toBeNull();
    expect(await besides(site, instance)).toEqual({ ...ONE_OF_EACH, strays: [] });
    expect(await condition()).toMatchObject({ status: 'true', reason: 'DrillPassed' });
    await expectServed(customer, instance);
  });

  test('gives way to a command at once, which is no failure', async () => {
    const { id } = await requestDrill(customer, backup.id);
    const isProbing = await poll(async () => {
      const { steps } = await customer.operation(id);
      return steps.find(({ name }) => name === 'probe-odoo')?.status === 'running' ? true : undefined;
    }, 120_000);
    expect(isProbing).toBe(true);
    const restart = await customer.command(instance.id, 'restart');
    await customer.succeeded(restart.id);
    expect(await customer.operation(id)).toMatchObject({ status: 'cancelled' });
    expect(await readDrilled(customer, backup.id)).toMatchObject({
      drill: { status: 'passed' },
      drill_put_off: { times: 1, error: { code: 'operation.cancelled' } },
    });
    expect(await besides(site, instance)).toEqual({ ...ONE_OF_EACH, strays: [] });
    await expectServed(customer, instance);
  });

  test('of a backup that was damaged where it is kept fails, says why, and leaves the instance as it was', async () => {
    const path = join(backupFolder(site, backup.id), 'files.tar.zst');
    const whole = await readFile(path);
    const middle = whole.length / 2;
    await writeFile(
      path,
      Buffer.concat([whole.subarray(0, middle), Buffer.from('x'), whole.subarray(middle + 1)]),
    );
    const { id } = await requestDrill(customer, backup.id);
    const { result, answers } = await askedMeanwhile(customer.settled(id));
    expect([...answers]).toEqual([200]);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'backup.part_damaged' } });
    expect(await readDrilled(customer, backup.id)).toMatchObject({
      status: 'completed',
      drill: { status: 'failed', rows: null, error: { code: 'backup.part_damaged' } },
      drill_put_off: null,
    });
    expect(await condition()).toMatchObject({ status: 'false', reason: 'DrillFailed' });
    const admin = await Customer.admin(site);
    const failed = await admin.read<{ backups: { id: string }[] }>('/admin/backups?drill=failed');
    expect(failed.backups.map(({ id: one }) => one)).toContain(backup.id);
    expect(await besides(site, instance)).toEqual({ ...ONE_OF_EACH, strays: [] });
    await expectServed(customer, instance);
  });
});
