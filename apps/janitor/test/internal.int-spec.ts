import { InstanceEntity } from '@saasodoo/instances/data-access';
import { newId, until } from '@saasodoo/kernel';
import { AdvisoryLock } from '@saasodoo/persistence';
import { freshDatabase, freshVhost, newInstance, startPostgres, testLabels } from '@saasodoo/testing';
import { JanitorWorld } from './janitor-world';

jest.setTimeout(240_000);

describe('the janitor, asked', () => {
  let world: JanitorWorld;

  beforeEach(async () => {
    world = await JanitorWorld.open({
      database: await freshDatabase({ entities: [InstanceEntity] }),
      broker: await freshVhost(),
      tenantServerUrl: (await startPostgres()).url,
      newInstance,
      labels: testLabels,
    });
    await world.instance();
  });

  afterEach(() => world.close());

  it('answers nobody without its key', async () => {
    const refused = { status: 401, body: { code: 'janitor.key_wrong' } };
    expect(await world.ask('POST', '/internal/run', 'a guess')).toMatchObject(refused);
    expect(await world.ask('GET', '/internal/report', world.key.slice(0, -1))).toMatchObject(refused);
    expect(await world.dataSource.query('SELECT 1 FROM janitor_run')).toEqual([]);
  });

  it('refuses to start with a key that is too short', async () => {
    await expect(world.start({ JANITOR_KEY: 'c2hvcnQ=' })).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });

  it('answers the report of the run, and later the same one', async () => {
    expect(await world.ask('GET', '/internal/report')).toMatchObject({
      status: 404,
      body: { code: 'janitor.no_report' },
    });
    await world.service(newId());
    const report = await world.run('?dry_run=true');
    expect(report).toMatchObject({
      dry_run: true,
      alarm: null,
      counts: { kinds: { service: { unowned: 1 } } },
    });
    expect(await world.ask('GET', '/internal/report')).toEqual({ status: 200, body: report });
  });

  it('takes no flag for true or false but these', async () => {
    expect(await world.ask('POST', '/internal/run?dry_run=yes')).toMatchObject({
      status: 422,
      body: { code: 'janitor.flag_malformed' },
    });
    expect(await world.dataSource.query('SELECT 1 FROM janitor_run')).toEqual([]);
  });

  it('does not run twice at once', async () => {
    const lock = await AdvisoryLock.tryAcquire(world.dataSource, 'saasodoo.janitor');
    expect(await world.ask('POST', '/internal/run')).toMatchObject({
      status: 409,
      body: { code: 'janitor.busy' },
    });
    await lock?.release();
    await world.run();
  });

  it('runs by itself every so often', async () => {
    await world.start({ JANITOR_EVERY_S: '1' });
    await until(
      async () => {
        const rows: unknown[] = await world.dataSource.query('SELECT 1 FROM janitor_run');
        return rows.length >= 2 ? true : undefined;
      },
      () => new Error('it does not'),
      { withinMs: 60_000 },
    );
  });
});
