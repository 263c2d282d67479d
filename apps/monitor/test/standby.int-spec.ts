import { InstanceEntity } from '@saasodoo/instances/data-access';
import { AppError, until } from '@saasodoo/kernel';
import { freshDatabase, freshVhost, newInstance } from '@saasodoo/testing';
import { Observer } from '../src/app/observe/observer';
import { type MonitorProcess, MonitorUnderTest } from './monitor-under-test';

jest.setTimeout(180_000);

describe('several monitors', () => {
  let world: MonitorUnderTest;

  beforeEach(async () => {
    world = await MonitorUnderTest.open({
      database: await freshDatabase({ entities: [InstanceEntity], poolSize: 20 }),
      broker: await freshVhost(),
      newInstance,
    });
  });

  afterEach(() => world.close());

  const leads = ({ app }: MonitorProcess) => app.get(Observer).isLeading;
  const eventually = (condition: () => boolean) =>
    until(
      () => Promise.resolve(condition() || undefined),
      () => AppError.terminal('test.never', 'it never came to that'),
      { withinMs: 30_000, everyMs: 50 },
    );

  it('have one leader, and another one when that has gone', async () => {
    const [one, two] = [await world.start(), await world.start()];
    await eventually(() => leads(one) || leads(two));
    expect([leads(one), leads(two)].filter(Boolean)).toHaveLength(1);
    const [first, second] = leads(one) ? [one, two] : [two, one];
    const odoo = await world.odoo();
    await world.seen(odoo.id, ({ task }) => task?.state === 'running');
    await world.stop(first);
    await eventually(() => leads(second));
    await world.swarm.services.scale(odoo.serviceId, 0);
    await world.seen(odoo.id, ({ reason }) => reason === 'NoTask');
    expect(await world.reasons(odoo.id)).toEqual(expect.arrayContaining(['Starting', 'NoTask']));
  });

  it('go on where another one stopped: nothing is told twice, and what was missed is caught up with', async () => {
    const first = await world.start();
    const [steady, unlucky] = [await world.odoo(), await world.odoo()];
    for (const { id } of [steady, unlucky]) await world.seen(id, ({ healthy }) => healthy === 'true');
    await world.stop(first);
    const told = await world.events(steady.id);
    await world.swarm.services.scale(unlucky.serviceId, 0);
    const stale = await world.observations.lastPass();
    await world.start();
    await world.seen(unlucky.id, ({ reason }) => reason === 'NoTask');
    await world.seen(steady.id, ({ observedAt }) => observedAt.getTime() > (stale?.getTime() ?? 0) + 3_000);
    expect(await world.events(steady.id)).toEqual(told);
    expect(await world.events(unlucky.id)).toContain('instance.degraded.v1');
  });

  it('go on when the connection that held the lead is cut', async () => {
    const monitor = await world.start();
    await eventually(() => leads(monitor));
    const odoo = await world.odoo();
    await world.seen(odoo.id, ({ task }) => task?.state === 'running');
    await world.dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'monitor%'`,
    );
    const cut = new Date();
    await world.seen(odoo.id, ({ observedAt }) => observedAt > cut);
    expect(await world.events(odoo.id)).not.toContain('instance.degraded.v1');
  });
});
