import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { contracts } from '@saasodoo/contracts';
import { InstanceEntity } from '@saasodoo/instances/data-access';
import { newId, until } from '@saasodoo/kernel';
import { AmqpLink, DeadLetters, ParkedQueues } from '@saasodoo/messaging';
import { freshDatabase, freshVhost, newInstance, startPostgres, testLabels } from '@saasodoo/testing';
import { JanitorWorld } from './janitor-world';

jest.setTimeout(300_000);

const REPOSITORY = resolve(__dirname, '../../..');
const AT_ONCE = { JANITOR_QUARANTINE_S: '0', JANITOR_MAX_PER_RUN: '100' };

describe('a janitor killed in mid-run', () => {
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

  /** A janitor as a process of its own that runs every second until it is killed at `point`. */
  async function dieAt(point: string, change: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = { ...AT_ONCE, JANITOR_EVERY_S: '1', HTTP_PORT: '0', LOG_LEVEL: 'error', ...change };
    const child = spawn(
      process.execPath,
      [
        '--require',
        resolve(REPOSITORY, 'test/support/register.cjs'),
        resolve(REPOSITORY, 'apps/janitor/src/main.ts'),
      ],
      {
        cwd: REPOSITORY,
        env: {
          ...process.env,
          ...world.environment(settings),
          SAASODOO_CRASH_AT: point,
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    expect(signal).toBe('SIGKILL');
  }

  it.each([
    'janitor.laid-out',
    'janitor.quarantined@2',
    'janitor.removing@2',
    'janitor.removed',
    'janitor.removed@3',
    'janitor.recorded',
    'janitor.pruned@3',
  ])('%s: the next one finishes, and does nothing twice', async (point) => {
    const lost = newInstance();
    const alive = await world.instance();
    const kept = await world.service(alive.id);
    const service = await world.service(lost.id);
    const directory = await world.directory(lost);
    const { name, role } = await world.tenantDatabase(lost);
    await dieAt(point);
    await world.start(AT_ONCE);
    await until(
      async () => {
        await world.run();
        const rows: { count: number }[] = await world.dataSource.query(
          'SELECT count(*)::int AS count FROM tombstone WHERE deleted_at IS NOT NULL',
        );
        return rows[0]?.count === 4 ? true : undefined;
      },
      () => new Error('something is left'),
      { withinMs: 60_000, everyMs: 10 },
    );
    expect(await world.tombstones()).toEqual([]);
    expect(await world.swarm.services.get(service)).toBeUndefined();
    expect(await world.storage.exists(directory)).toBe(false);
    expect(await world.tenants((databases) => databases.describe(name))).toBeUndefined();
    const roles = await world.tenants((databases) => databases.listRoles());
    expect(roles.map((one) => one.name)).not.toContain(role);
    expect((await world.swarm.services.get(kept))?.replicas).toBe(1);
    expect((await world.run()).findings).toEqual([]);
  });

  it('while it gives something back, the next one has it given back', async () => {
    const lost = newInstance();
    const service = await world.service(lost.id);
    await world.start();
    for (let round = 0; round < 2; round += 1) await world.run();
    await world.stop();
    await world.instance(lost);
    await dieAt('janitor.released');
    await world.start(AT_ONCE);
    await world.run();
    expect(await world.tombstones()).toEqual([]);
    expect((await world.swarm.services.get(service))?.replicas).toBe(1);
  });

  it('while it deletes a final dump, the next one closes its tombstone', async () => {
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    await world.dumps.ensure('odoo_data_mine_1', { instanceId: newId(), uid, gid });
    await world.start({ FINAL_DUMP_DAYS: '30' });
    await world.run();
    await world.stop();
    await dieAt('janitor.dump-removed', { FINAL_DUMP_DAYS: '0' });
    await world.start({ FINAL_DUMP_DAYS: '0' });
    await world.run();
    expect(await world.dumps.list()).toEqual([]);
    expect(await world.tombstones()).toEqual([]);
  });

  it('while it collects a dead letter, the next one has it once, and it can be sent again', async () => {
    const queue = 'provisioner.instance.create';
    const link = await AmqpLink.open({ url: world.environment()['RABBITMQ_URL'] ?? '', name: 'test' });
    try {
      const messageId = newId();
      await link.publish({
        exchange: 'saasodoo.parked',
        routingKey: queue,
        messageId,
        type: 'instance.create.v1',
        headers: {},
        body: Buffer.from('{"operation_id":"x"}'),
        mandatory: true,
      });
      await dieAt('dead-letters.kept');
      await world.start();
      await world.run();
      expect(await new ParkedQueues(world.dataSource, link, contracts).depths()).toEqual([]);
      const letters = new DeadLetters(world.dataSource, { wake: () => undefined });
      const id = `broker:${queue}.parked:${messageId}`;
      expect((await letters.list()).letters).toMatchObject([{ id, attempts: 2 }]);
      await letters.redrive(id);
      await until(
        async () => {
          const channel = await link.createChannel();
          const { messageCount } = await channel.checkQueue(queue);
          await channel.close();
          return messageCount === 1 ? true : undefined;
        },
        () => new Error('it was not sent again'),
        { withinMs: 30_000 },
      );
    } finally {
      await link.close();
    }
  });
});
