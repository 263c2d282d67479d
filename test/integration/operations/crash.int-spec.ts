import { AppError } from '@saasodoo/kernel';
import { crashPointsOf, type Operation, stepListOf } from '@saasodoo/operations/domain';
import { failing } from './toy-workflows';
import { ToyWorld } from './toy-world';
import { WorkerProcess } from './worker-process';

jest.setTimeout(120_000);

const steps = [...stepListOf('create')].sort();
const UNDOABLE = /allocate-database-server|create-(database|directory|secret|service)/;
const NEVER = AppError.terminal('test.never', 'never');

const create = crashPointsOf('create');
const terminate = crashPointsOf('terminate');

describe('a worker killed at once', () => {
  let world: ToyWorld;

  beforeEach(async () => {
    world = await ToyWorld.open();
  });

  afterEach(() => world.close());

  async function killedAt(point: string, role: 'works' | 'fails'): Promise<void> {
    const worker = new WorkerProcess(role, world.database.url, point);
    expect(await worker.ended()).toBe('SIGKILL');
  }

  /** Made, undone and removed: each effect once, however often a worker died around it. */
  async function effectsOnce(operation: Operation): Promise<void> {
    const made = (await world.log(operation))
      .filter(({ action }) => action === 'made')
      .map(({ step }) => step);
    expect(made).toEqual([...new Set(made)]);
  }

  it.each(create.forward)('%s: another one brings it to its end', async (point) => {
    const created = await world.create();
    await killedAt(point, 'works');
    world.runner();
    expect(await world.settled(created)).toMatchObject({ status: 'succeeded' });
    expect(await world.effects(created)).toEqual(steps);
    await effectsOnce(created);
    expect((await world.instances.get(created.instanceId)).status).toBe('running');
    expect(await world.announced(created)).toHaveLength((await world.read(created)).sequence);
  });

  it.each([...create.undo.filter((point) => UNDOABLE.test(point)), 'create.finishing', 'create.finished'])(
    '%s, while it is undone: another one undoes the rest',
    async (point) => {
      const created = await world.create();
      await killedAt(point, 'fails');
      world.runner(failing('await-http', NEVER));
      expect(await world.settled(created)).toMatchObject({ status: 'failed', error: { code: 'test.never' } });
      expect(await world.effects(created)).toEqual(['await-task', 'prepare-template']);
      await effectsOnce(created);
      expect((await world.instances.get(created.instanceId)).status).toBe('error');
    },
  );

  it.each(terminate.forward)('%s: another one removes the rest', async (point) => {
    const created = await world.create();
    world.runner();
    await world.settled(created);
    await world.stopRunners();
    const terminated = await world.follow(created, 'terminate');
    await killedAt(point, 'works');
    world.runner();
    expect(await world.settled(terminated)).toMatchObject({ status: 'succeeded' });
    expect(await world.effects(created)).toEqual([
      'allocate-database-server',
      'await-http',
      'await-task',
      'prepare-template',
    ]);
    expect((await world.instances.get(created.instanceId)).status).toBe('terminated');
  });
});

describe('a worker that stands still for longer than its lease', () => {
  it('writes nothing more when it goes on', async () => {
    const world = await ToyWorld.open();
    const created = await world.create();
    const worker = new WorkerProcess('deaf', world.database.url);
    const stuck = await world.when(created, ({ steps: [, , , step] }) => step?.progress === 'entered');
    expect(stuck.status).toBe('running');
    worker.send('SIGSTOP');
    world.runner();
    const taken = await world.settled(created);
    worker.send('SIGCONT');
    // It takes up the next operation only after it is through with the one it lost.
    await world.stopRunners();
    const next = await world.create();
    await world.settled(next);
    worker.send('SIGKILL');
    await worker.ended();
    expect(await world.read(created)).toEqual(taken);
    expect((await world.log(created)).map(({ step, fence }) => [step, fence])).toEqual(
      stepListOf('create').map((step, index) => [step, index < 3 ? 1 : 2]),
    );
    await world.close();
  });
});
