import { InstanceEntity } from '@saasodoo/instances/data-access';
import { freshDatabase, freshVhost, newInstance } from '@saasodoo/testing';
import { MonitorUnderTest, type MonitorProcess, type WatchedOdoo } from './monitor-under-test';

jest.setTimeout(180_000);

describe('the monitor', () => {
  let world: MonitorUnderTest;
  let monitor: MonitorProcess;

  beforeAll(async () => {
    world = await MonitorUnderTest.open({
      database: await freshDatabase({ entities: [InstanceEntity], poolSize: 20 }),
      broker: await freshVhost(),
      newInstance,
    });
    monitor = await world.start();
  });

  afterAll(() => world.close());

  const serving = (odoo: WatchedOdoo) => world.seen(odoo.id, ({ healthy }) => healthy === 'true');

  it('calls an instance healthy that has run for a while and answers, and says so once', async () => {
    const odoo = await world.odoo();
    const seen = await serving(odoo);
    expect(seen).toMatchObject({
      reason: 'Serving',
      service: { id: odoo.serviceId, replicas: 1 },
      task: { state: 'running' },
      httpStatus: 200,
      secretPresent: true,
      networkPresent: true,
      failures: 0,
    });
    // Where it takes its time to come up it has recovered by now; it has not been degraded.
    const told = await world.events(odoo.id);
    expect(told).toContain('instance.observed.v1');
    expect(told).not.toContain('instance.degraded.v1');
    const { changes } = await world.observations.history(odoo.id, { page: 1, pageSize: 10 });
    expect(changes[0]).toMatchObject({ status: 'true', reason: 'Serving' });
    expect(changes.filter(({ status }) => status === 'true')).toHaveLength(1);
  });

  it('sees a container that was killed, and the instance come back', async () => {
    const odoo = await world.odoo();
    const before = await serving(odoo);
    await world.kill(odoo.id);
    const ill = await world.seen(odoo.id, ({ healthy }) => healthy === 'false');
    expect(ill.failures).toBe(1);
    const well = await serving(odoo);
    expect(well.task?.id).not.toBe(before.task?.id);
    const events = await world.events(odoo.id);
    expect(events.filter((type) => type === 'instance.degraded.v1')).toHaveLength(1);
    expect(events.filter((type) => type === 'instance.recovered.v1')).toHaveLength(1);
    expect(events.indexOf('instance.degraded.v1')).toBeLessThan(events.indexOf('instance.recovered.v1'));
  });

  it('knows that memory ran out', async () => {
    const eater = 'x=a; while true; do x=$x$x; done';
    const odoo = await world.odoo({
      command: ['sh', '-c', eater],
      limits: { memoryBytes: 16 * 1024 ** 2 },
      restartPolicy: { condition: 'none' },
    });
    const seen = await world.seen(odoo.id, ({ reason }) => reason === 'OutOfMemory');
    expect(seen.healthy).toBe('false');
  });

  it('sees what somebody does behind the back of the platform', async () => {
    const odoo = await world.odoo();
    await world.seen(odoo.id, ({ task }) => task?.state === 'running');
    await world.swarm.services.scale(odoo.serviceId, 0);
    await world.seen(odoo.id, ({ reason, service }) => reason === 'NoTask' && service?.replicas === 0);
    await world.swarm.services.remove(odoo.serviceId);
    const gone = await world.seen(odoo.id, ({ reason }) => reason === 'NoService');
    expect(gone.service).toBeUndefined();
  });

  it('sees an Odoo that hangs, and waits for a second silence', async () => {
    const odoo = await world.odoo();
    await serving(odoo);
    odoo.status = undefined;
    const hung = await world.seen(odoo.id, ({ healthy }) => healthy !== 'true');
    expect(hung).toMatchObject({ healthy: 'false', reason: 'NotAnswering', task: { state: 'running' } });
    odoo.status = 303;
    await serving(odoo);
    expect(await world.events(odoo.id)).toEqual(
      expect.arrayContaining(['instance.degraded.v1', 'instance.recovered.v1']),
    );
  });

  it('says nothing against an instance that is stopped or being changed', async () => {
    const odoo = await world.odoo();
    await world.seen(odoo.id, ({ task }) => task?.state === 'running');
    await world.dataSource.query(
      `INSERT INTO operation (id, instance_id, customer_id, kind, generation, status, correlation_id)
       VALUES (gen_random_uuid(), $1, $2, 'stop', 2, 'running', 'test')`,
      [odoo.id, odoo.customerId],
    );
    await world.seen(odoo.id, ({ reason }) => reason === 'Underway');
    await world.swarm.services.scale(odoo.serviceId, 0);
    await world.set(odoo.id, { status: 'stopped', desired_state: 'stopped' });
    await world.dataSource.query(`UPDATE operation SET status = 'succeeded' WHERE instance_id = $1`, [
      odoo.id,
    ]);
    const stopped = await world.seen(odoo.id, ({ reason }) => reason === 'Stopped');
    expect(stopped).toMatchObject({ healthy: 'unknown', service: { replicas: 0 } });
    await world.set(odoo.id, { status: 'terminated', desired_state: 'terminated' });
    await world.seen(odoo.id, ({ reason }) => reason === 'Terminated');
    expect(await world.events(odoo.id)).not.toContain('instance.degraded.v1');
  });

  it('keeps what a task wrote that ended', async () => {
    const odoo = await world.odoo({
      command: ['sh', '-c', 'echo first; echo last >&2; exit 3'],
      restartPolicy: { condition: 'none' },
    });
    await world.seen(odoo.id, ({ reason }) => reason === 'TaskFailed');
    await world.swarm.services.scale(odoo.serviceId, 0);
    const lines = async () => {
      const { text } = await world.ask(monitor, `/internal/instances/${odoo.id}/logs?tail=5`);
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    };
    await world.seen(odoo.id, ({ service }) => service?.replicas === 0);
    let written = await lines();
    for (let tries = 0; written.length < 2 && tries < 100; tries += 1) written = await lines();
    expect(written).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stream: 'stdout', text: 'first' }),
        expect.objectContaining({ stream: 'stderr', text: 'last' }),
      ]),
    );
  });
});
