import { InstanceEntity } from '@saasodoo/instances/data-access';
import { newId } from '@saasodoo/kernel';
import {
  freshDatabase,
  freshVhost,
  newInstance,
  startDisposablePostgres,
  startPostgres,
  type TestContainer,
  testLabels,
} from '@saasodoo/testing';
import { JanitorWorld } from './janitor-world';

jest.setTimeout(300_000);

async function openWorld(serverUrl?: string): Promise<JanitorWorld> {
  const server = serverUrl === undefined ? {} : { serverUrl };
  return JanitorWorld.open({
    database: await freshDatabase({ entities: [InstanceEntity], ...server }),
    broker: await freshVhost(),
    tenantServerUrl: (await startPostgres()).url,
    newInstance,
    labels: testLabels,
  });
}

describe('when the instance table is empty', () => {
  let world: JanitorWorld;

  beforeEach(async () => {
    world = await openWorld();
  });

  afterEach(() => world.close());

  it('nothing is deleted, and one alarm is raised for as long as it lasts', async () => {
    const instance = await world.instance();
    const other = await world.instance();
    const lost = newInstance();
    const service = await world.service(instance.id);
    const orphan = await world.service(lost.id);
    const database = await world.tenantDatabase(other);
    const directory = await world.directory(other);
    await world.start();
    for (let round = 0; round < 2; round += 1) await world.run();
    await world.age();
    await world.dataSource.query('DELETE FROM instance');
    for (let round = 0; round < 4; round += 1) {
      const { alarm, findings } = await world.run();
      expect(alarm).toMatchObject({ code: 'janitor.owners_empty' });
      expect(findings).toEqual([]);
    }
    expect(await world.alarms()).toEqual(['janitor.owners_empty']);
    expect(await world.metrics()).toContain('saasodoo_janitor_alarm{code="janitor.owners_empty"} 1');
    expect(world.log.filter((line) => line.includes('janitor.owners_empty: '))).toHaveLength(1);
    expect((await world.swarm.services.get(service))?.replicas).toBe(1);
    expect(await world.swarm.services.get(orphan)).toBeDefined();
    expect(await world.tenants((databases) => databases.describe(database.name))).toMatchObject({
      allowsConnections: true,
    });
    expect(await world.storage.exists(directory)).toBe(true);
    expect(await world.tombstones()).toHaveLength(1);
    await world.instance(instance);
    await world.instance(other);
    expect((await world.run()).findings).toMatchObject([{ action: 'remove', kind: 'service', error: null }]);
    await world.dataSource.query('DELETE FROM instance');
    await world.run();
    expect(await world.alarms()).toEqual(['janitor.owners_empty', 'janitor.owners_empty']);
  });

  it('the episode goes on after a restart of the janitor', async () => {
    await world.service(newId());
    await world.start();
    await world.run();
    await world.start();
    await world.run();
    expect(await world.alarms()).toEqual(['janitor.owners_empty']);
  });

  it('and nothing is there, there is no alarm', async () => {
    await world.start();
    expect((await world.run()).alarm).toBeNull();
  });

  it('is noticed in mid-run too', async () => {
    const back = newInstance();
    await world.instance();
    await world.service(back.id);
    const orphan = await world.service(newId());
    await world.start();
    for (let round = 0; round < 2; round += 1) await world.run();
    await world.instance(back);
    // Between the plan and the act: what is brought back leaves no instance behind.
    await world.dataSource.query(`
      CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM instance; RETURN NULL; END';
      CREATE TRIGGER lose AFTER DELETE ON tombstone FOR EACH STATEMENT EXECUTE FUNCTION lose()`);
    const { findings } = await world.run();
    expect(findings).toMatchObject([
      { action: 'release', error: null },
      { action: 'quarantine', error: { code: 'janitor.thing_changed' } },
    ]);
    expect((await world.swarm.services.get(orphan))?.replicas).toBe(1);
  });
});

describe('when the control database is away', () => {
  let world: JanitorWorld;
  let container: TestContainer;

  beforeEach(async () => {
    const disposable = await startDisposablePostgres();
    container = disposable.container;
    world = await openWorld(disposable.url);
  });

  afterEach(async () => {
    await world.close();
    await container.remove();
  });

  it('nothing is done, and the alarm is raised when it is back', async () => {
    await world.instance();
    const service = await world.service(newId());
    await world.start();
    await world.run();
    await world.run();
    await world.age();
    await container.kill();
    for (let round = 0; round < 2; round += 1) {
      const { alarm, findings } = await world.run();
      expect(alarm).toMatchObject({ code: 'janitor.owners_unreadable' });
      expect(findings).toEqual([]);
    }
    expect(await world.metrics()).toContain('saasodoo_janitor_alarm{code="janitor.owners_unreadable"} 1');
    expect(await world.swarm.services.get(service)).toBeDefined();
    await container.resume();
    await world.answering();
    expect(await world.run()).toMatchObject({
      alarm: null,
      findings: [{ action: 'remove', kind: 'service', error: null }],
    });
    expect(await world.alarms()).toEqual(['janitor.owners_unreadable']);
    await world.run();
    expect(await world.alarms()).toEqual(['janitor.owners_unreadable']);
  });
});

describe('when the instance table cannot be read', () => {
  it('nothing is done, and the alarm is raised at once, and once', async () => {
    const world = await openWorld();
    try {
      await world.instance();
      const service = await world.service(newId());
      await world.start();
      await world.run();
      await world.dataSource.query('ALTER TABLE instance RENAME TO elsewhere');
      await world.run();
      expect((await world.run()).alarm).toMatchObject({ code: 'janitor.owners_unreadable' });
      expect(await world.alarms()).toEqual(['janitor.owners_unreadable']);
      expect((await world.swarm.services.get(service))?.replicas).toBe(1);
      await world.dataSource.query('ALTER TABLE elsewhere RENAME TO instance');
      expect(await world.run()).toMatchObject({ alarm: null, findings: [{ action: 'quarantine' }] });
    } finally {
      await world.close();
    }
  });
});
