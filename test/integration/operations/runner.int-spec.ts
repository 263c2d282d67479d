import { AppError, until } from '@saasodoo/kernel';
import { isTerminal, stepListOf } from '@saasodoo/operations/domain';
import { failing, type Interference } from './toy-workflows';
import { ToyWorld } from './toy-world';

jest.setTimeout(120_000);

const steps = stepListOf('create');
const undone = [
  'create-service',
  'create-secret',
  'create-directory',
  'create-database',
  'allocate-database-server',
];

/** Stops at one step until it is let go; `entered` resolves when it is there. */
function gate(
  at: string,
  heedsSignal = true,
): { interfere: Interference; entered: Promise<void>; open: () => void } {
  const [entered, enter] = latch();
  const [opened, open] = latch();
  const interfere: Interference = async (step, { signal }) => {
    if (step !== at) return;
    enter();
    const aborted = new Promise<never>((_, reject) => {
      if (heedsSignal) signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    await Promise.race([opened, aborted]);
  };
  return { interfere, entered, open };
}

function latch(): [Promise<void>, () => void] {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return [released, release];
}

describe('OperationRunner', () => {
  let world: ToyWorld;

  beforeAll(async () => {
    world = await ToyWorld.open();
  });

  afterEach(() => world.stopRunners());

  afterAll(() => world.close());

  it('runs the steps in order and tells of every change once', async () => {
    const created = await world.create();
    world.runner();
    const operation = await world.settled(created);
    expect(operation).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(operation.steps.map(({ status, attempts, output }) => ({ status, attempts, output }))).toEqual(
      steps.map((name) => ({ status: 'done', attempts: 1, output: { made: name } })),
    );
    expect((await world.log(created)).map(({ step }) => step)).toEqual(steps);
    expect(await world.announced(created)).toEqual(
      Array.from({ length: operation.sequence }, (_, index) => index + 1),
    );
    expect((await world.instances.get(created.instanceId)).status).toBe('running');
  });

  it('skips what is so already', async () => {
    const created = await world.create();
    await world.dataSource.query('INSERT INTO toy_effect VALUES ($1, $2)', [
      created.instanceId,
      'prepare-template',
    ]);
    world.runner();
    const operation = await world.settled(created);
    expect(operation.steps[1]).toMatchObject({ status: 'skipped', output: { made: 'prepare-template' } });
    expect((await world.log(created)).map(({ step }) => step)).not.toContain('prepare-template');
  });

  it('tries a step again that may work later, and forgets its error', async () => {
    const created = await world.create();
    world.runner(failing('create-secret', AppError.retryable('test.busy', 'busy'), 2));
    const operation = await world.settled(created);
    expect(operation).toMatchObject({ status: 'succeeded', attempt: 3 });
    expect(operation.steps.find(({ name }) => name === 'create-secret')).toMatchObject({
      status: 'done',
      attempts: 3,
    });
    expect(operation.steps.every(({ error }) => error === undefined)).toBe(true);
    expect((await world.log(created)).map(({ step }) => step)).toEqual(steps);
  });

  it('undoes everything in reverse after a terminal error, and keeps that error', async () => {
    const created = await world.create();
    const facts = { image: 'odoo:99' };
    world.runner(
      failing('await-http', AppError.terminal('image.missing', 'no such image', { facts, hint: 'Push it.' })),
    );
    const operation = await world.settled(created);
    const error = { code: 'image.missing', message: 'no such image', facts, hint: 'Push it.' };
    expect(operation).toMatchObject({ status: 'failed', error });
    expect(
      (await world.log(created)).filter(({ action }) => action === 'undone').map(({ step }) => step),
    ).toEqual(undone);
    expect(await world.effects(created)).toEqual(['await-task', 'prepare-template']);
    expect(operation.steps.map(({ status }) => status)).toEqual([
      ...[
        'compensated',
        'done',
        'compensated',
        'compensated',
        'compensated',
        'compensated',
        'done',
        'failed',
      ],
    ]);
    expect(await world.instances.get(created.instanceId)).toMatchObject({ status: 'error', error });
  });

  it('turns back when every attempt failed', async () => {
    const created = await world.create();
    world.runner(failing('create-directory', AppError.retryable('test.busy', 'busy')), {
      maxStepAttempts: 3,
    });
    const operation = await world.settled(created);
    expect(operation).toMatchObject({ status: 'failed', error: { code: 'test.busy' } });
    expect(operation.steps[3]).toMatchObject({
      name: 'create-directory',
      status: 'compensated',
      attempts: 3,
    });
  });

  it('turns back when a step takes too long, whether it listens or not', async () => {
    const created = [await world.create(), await world.create()];
    const deaf = gate('create-database', false);
    world.runner(deaf.interfere, { stepTimeoutMs: 300, maxStepAttempts: 1 });
    for (const one of created) {
      expect(await world.settled(one)).toMatchObject({
        status: 'failed',
        error: { code: 'operation.step_timed_out' },
      });
    }
    deaf.open();
  });

  it('takes up undoing again until it succeeds', async () => {
    const created = await world.create();
    await world.dataSource.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not yet'; END $$;
      CREATE TRIGGER refuse BEFORE DELETE ON toy_effect FOR EACH ROW WHEN (OLD.step = 'create-secret') EXECUTE FUNCTION refuse()`);
    world.runner(failing('create-service', AppError.terminal('test.never', 'never')), { maxStepAttempts: 2 });
    const stuck = await world.when(created, ({ attempt }) => attempt > 4);
    expect(stuck).toMatchObject({ status: 'compensating', error: { code: 'test.never' } });
    expect(stuck.steps[4]).toMatchObject({ name: 'create-secret', error: { code: 'internal' } });
    await world.dataSource.query('DROP TRIGGER refuse ON toy_effect');
    expect(await world.settled(created)).toMatchObject({ status: 'failed', error: { code: 'test.never' } });
    expect(await world.effects(created)).toEqual(['prepare-template']);
  });

  it('undoes a cancelled operation, then goes on with the one that waited behind it', async () => {
    const created = await world.create();
    const held = gate('await-task');
    world.runner(held.interfere);
    await held.entered;
    const terminate = await world.follow(created, 'terminate');
    expect(await world.cancel(created)).toBe(true);
    expect(await world.settled(created)).toMatchObject({
      status: 'cancelled',
      error: { code: 'operation.cancelled' },
    });
    expect(await world.settled(terminate)).toMatchObject({ status: 'succeeded' });
    expect(await world.effects(created)).toEqual(['prepare-template']);
    expect((await world.instances.get(created.instanceId)).status).toBe('terminated');
    expect(await world.cancel(created)).toBe(false);
  });

  it('cancels an operation that nobody has begun', async () => {
    const created = await world.create();
    await world.cancel(created);
    world.runner();
    expect(await world.settled(created)).toMatchObject({ status: 'cancelled' });
    expect(await world.log(created)).toEqual([]);
  });

  it('does not call off a termination', async () => {
    const terminate = await world.follow(await world.create(), 'terminate');
    expect(await world.cancel(terminate)).toBe(false);
  });

  it('lets twenty runners claim an operation once', async () => {
    const created = await world.create();
    const held = gate('create-database');
    for (let count = 0; count < 20; count += 1) world.runner(held.interfere);
    await held.entered;
    const [row] = await world.dataSource.query<{ fence: number }[]>(
      'SELECT fence FROM operation WHERE id = $1',
      [created.id],
    );
    expect(row).toEqual({ fence: 1 });
    expect(await world.operations.activeFor(world.dataSource.manager, created.instanceId)).toMatchObject({
      id: created.id,
    });
    held.open();
    await world.settled(created);
  });

  it('runs one operation of an instance at a time, in the order they were accepted', async () => {
    const created = await world.create();
    const followers = [];
    for (let count = 0; count < 3; count += 1) followers.push(await world.follow(created, 'terminate'));
    world.runner();
    world.runner();
    expect(await world.settled(created)).toMatchObject({ status: 'succeeded' });
    const [first, ...others] = await Promise.all(followers.map((one) => world.settled(one)));
    expect(first).toMatchObject({ status: 'succeeded' });
    // Their begin finds an instance that is terminated already.
    expect(others.map(({ status, error }) => [status, error?.code])).toEqual([
      ['failed', 'instance.status_conflict'],
      ['failed', 'instance.status_conflict'],
    ]);
    const inOrder = await Promise.all([created, ...followers].map((one) => world.read(one)));
    inOrder.slice(1).forEach(({ startedAt, endedAt = new Date(0) }, index) => {
      expect((startedAt ?? endedAt).getTime()).toBeGreaterThanOrEqual(
        inOrder[index]?.endedAt?.getTime() ?? Infinity,
      );
    });
  });

  it('refuses a second active operation of an instance, whoever writes it', async () => {
    const created = await world.create();
    const other = await world.follow(created, 'terminate');
    const activate = ({ id }: { id: string }) =>
      world.dataSource.query(`UPDATE operation SET status = 'running' WHERE id = $1`, [id]);
    await activate(created);
    await expect(activate(other)).rejects.toMatchObject({ driverError: { constraint: 'operation_active' } });
    world.runner();
    await world.settled(created);
  });

  it('gives fifty operations to two runners, every effect once', async () => {
    const created = await Promise.all(Array.from({ length: 50 }, () => world.create()));
    world.runner();
    world.runner();
    for (const one of created) {
      expect(await world.settled(one)).toMatchObject({ status: 'succeeded', attempt: 1 });
      expect((await world.log(one)).map(({ step, fence }) => ({ step, fence }))).toEqual(
        steps.map((step) => ({ step, fence: 1 })),
      );
    }
  });

  it('writes nothing more once another runner has taken over', async () => {
    const created = await world.create();
    const held = gate('create-directory', false);
    const zombie = world.runner(held.interfere, { leaseMs: 60_000 });
    await held.entered;
    await world.dataSource.query(`UPDATE operation SET lease_until = '-infinity' WHERE id = $1`, [
      created.id,
    ]);
    world.runner();
    const taken = await world.settled(created);
    expect(taken.status).toBe('succeeded');
    held.open();
    await zombie.stop();
    expect(await world.read(created)).toEqual(taken);
    expect((await world.announced(created)).length).toBe(taken.sequence);
  });

  it('hands its operations over when it stops, in the middle of a step if need be', async () => {
    const created = await world.create();
    const held = gate('create-directory');
    const first = world.runner(held.interfere, { graceMs: 50 });
    await held.entered;
    await first.stop();
    expect(await world.read(created)).toMatchObject({ status: 'running', attempt: 1 });
    world.runner();
    const operation = await world.settled(created);
    expect(operation.status).toBe('succeeded');
    expect(operation.steps[3]).toMatchObject({ name: 'create-directory', attempts: 2 });
    expect((await world.log(created)).map(({ step }) => step)).toEqual(steps);
  });

  it('goes on after PostgreSQL dropped all its connections', async () => {
    const created = await world.create();
    const held = gate('create-directory');
    world.runner(held.interfere);
    await held.entered;
    await world.dataSource.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    held.open();
    // The connections of the test were dropped as well.
    const look = () =>
      world.read(created).then(
        (one) => (isTerminal(one) ? one : undefined),
        () => undefined,
      );
    const operation = await until(look, () => new Error('it did not go on'), { withinMs: 30_000 });
    expect(operation).toMatchObject({ status: 'succeeded' });
    expect((await world.effects(created)).length).toBe(steps.length);
  });
});
