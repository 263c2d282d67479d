import { InstanceEntity, InstanceRepository } from '@saasodoo/instances/data-access';
import { newId } from '@saasodoo/kernel';
import { quotaExceeded } from '@saasodoo/persistence';
import { freshDatabase, newInstance, type TestDatabase } from '@saasodoo/testing';
import * as fc from 'fast-check';
import { QuotaRepository } from './quota.repository';

jest.setTimeout(60_000);

const GIB = 1024 ** 3;

let database: TestDatabase;
let quotas: QuotaRepository;
let instances: InstanceRepository;

beforeAll(async () => {
  database = await freshDatabase({ entities: [InstanceEntity] });
  quotas = new QuotaRepository(database.dataSource);
  instances = new InstanceRepository(database.dataSource);
}, 240_000);
afterAll(() => database.close());

const query = (text: string, values: unknown[] = []): Promise<object[]> =>
  database.dataSource.query<object[]>(text, values);

async function newCustomer(): Promise<string> {
  const id = newId();
  await query(
    `INSERT INTO customer (id, email, password_hash, first_name, last_name) VALUES ($1, $2, 'x', 'Ada', 'L')`,
    [id, `${id}@example.com`],
  );
  return id;
}

const add = (customerId: string, change: object = {}) =>
  instances.insert(database.dataSource.manager, newInstance({ customerId, ...change }));

const usageOf = async (customerId: string) => (await quotas.of(customerId)).usage;

/** What the trigger should have kept, counted anew. */
async function counted(customerId: string): Promise<object | undefined> {
  const [row] = await query(
    `SELECT count(*)::int AS instances, coalesce(sum(cpu_limit::numeric), 0)::float8 AS cpus,
            coalesce(sum(memory_bytes), 0)::float8 AS "memoryBytes"
       FROM instance WHERE customer_id = $1 AND name_claimed AND status <> 'terminated'`,
    [customerId],
  );
  return row;
}

describe('without a quota', () => {
  it('nothing is limited, and everything is counted', async () => {
    const customerId = newId();
    await add(customerId, { cpuLimit: 0.1, memoryBytes: GIB });
    await add(customerId, { cpuLimit: 0.2, memoryBytes: 2 * GIB });
    expect(await quotas.of(customerId)).toEqual({
      limits: {},
      own: {},
      usage: { instances: 2, cpus: 0.3, memoryBytes: 3 * GIB },
    });
  });
});

describe('the usage', () => {
  it('is given back with the name, with the row, and when the instance is terminated', async () => {
    const customerId = newId();
    const [one, two, three] = [await add(customerId), await add(customerId), await add(customerId)];
    await instances.releaseName(database.dataSource.manager, one.id);
    await query('DELETE FROM instance WHERE id = $1', [two.id]);
    await query(`UPDATE instance SET status = 'terminated' WHERE id = $1`, [three.id]);
    expect(await usageOf(customerId)).toEqual({ instances: 0, cpus: 0, memoryBytes: 0 });
    await instances.releaseName(database.dataSource.manager, three.id);
    expect(await usageOf(customerId)).toEqual({ instances: 0, cpus: 0, memoryBytes: 0 });
  });

  it('goes with the instance to another customer', async () => {
    const [giver, taker] = [newId(), newId()];
    const { id } = await add(giver);
    await query('UPDATE instance SET customer_id = $2 WHERE id = $1', [id, taker]);
    expect((await usageOf(giver)).instances).toBe(0);
    expect((await usageOf(taker)).instances).toBe(1);
  });

  it('is undone with the transaction', async () => {
    const customerId = newId();
    const undone = database.dataSource.transaction(async (em) => {
      await instances.insert(em, newInstance({ customerId }));
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect((await usageOf(customerId)).instances).toBe(0);
  });

  it('is what a count says, whatever happens to the instances, and never above a limit', async () => {
    const change = fc.record({
      act: fc.constantFrom('add', 'scale', 'release', 'claim', 'terminate', 'delete'),
      which: fc.nat(9),
      cpus: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
      memory: fc.integer({ min: 1, max: 4 }).map((gib) => gib * GIB),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 25 }), async (changes) => {
        const customerId = await newCustomer();
        await quotas.set(database.dataSource.manager, customerId, {
          instances: 4,
          cpus: 8,
          memoryBytes: 9 * GIB,
        });
        const ids: string[] = [];
        for (const { act, which, cpus, memory } of changes) {
          const id = ids[which % Math.max(1, ids.length)] ?? newId();
          const done = await perform(act, id, { customerId, cpuLimit: cpus, memoryBytes: memory });
          if (done !== undefined) ids.push(done);
          const usage = await usageOf(customerId);
          expect(usage).toEqual(await counted(customerId));
          expect(usage.instances).toBeLessThanOrEqual(4);
          expect(usage.cpus).toBeLessThanOrEqual(8);
          expect(usage.memoryBytes).toBeLessThanOrEqual(9 * GIB);
        }
      }),
      { numRuns: 40 },
    );
  });
});

const statements: Readonly<Record<string, string>> = {
  scale: 'UPDATE instance SET cpu_limit = $2, memory_bytes = $3 WHERE id = $1',
  release: 'UPDATE instance SET name_claimed = false WHERE id = $1',
  claim: 'UPDATE instance SET name_claimed = true WHERE id = $1',
  terminate: `UPDATE instance SET status = 'terminated', name_claimed = false WHERE id = $1`,
  delete: 'DELETE FROM instance WHERE id = $1',
};

/** Answers the id of what it added; being refused for the quota is fine. */
async function perform(
  act: string,
  id: string,
  wish: { customerId: string; cpuLimit: number; memoryBytes: number },
): Promise<string | undefined> {
  try {
    const statement = statements[act];
    if (statement === undefined) return (await add(wish.customerId, wish)).id;
    await query(statement, [id, ...(act === 'scale' ? [wish.cpuLimit, wish.memoryBytes] : [])]);
  } catch (error) {
    if (quotaExceeded(error) === undefined) expect(error).toMatchObject({ code: 'quota.exceeded' });
  }
  return undefined;
}

describe('a limit', () => {
  it.each([
    [{ instances: 1 }, {}, { what: 'instances', limit: 1, used: 1, wanted: 1 }, /1 instances: 1 are used/],
    [
      { cpus: 1.5 },
      { cpuLimit: 1 },
      { what: 'cpus', limit: 1.5, used: 1, wanted: 1 },
      /1\.5 CPUs: 1 are used/,
    ],
    [
      { memoryBytes: 3 * GIB },
      { memoryBytes: 2 * GIB },
      { what: 'memory_bytes', limit: 3 * GIB, used: 2 * GIB, wanted: 2 * GIB },
      /3G of memory: 2G are used, and 2G more/,
    ],
  ])('of %j refuses what passes it, and says which and by how much', async (quota, change, facts, text) => {
    const customerId = await newCustomer();
    await quotas.set(database.dataSource.manager, customerId, quota);
    await add(customerId, change);
    await expect(add(customerId, change)).rejects.toMatchObject({
      ...{ code: 'quota.exceeded', httpStatus: 409, facts },
      message: expect.stringMatching(text),
    });
    expect((await usageOf(customerId)).instances).toBe(1);
  });

  it('refuses an instance that grows past it, and lets it shrink', async () => {
    const customerId = await newCustomer();
    const { id } = await add(customerId, { cpuLimit: 1 });
    await quotas.set(database.dataSource.manager, customerId, { cpus: 2 });
    const scale = (cpus: number) => query('UPDATE instance SET cpu_limit = $2 WHERE id = $1', [id, cpus]);
    const refused: unknown = await scale(3).catch((error: unknown) => error);
    expect(quotaExceeded(refused)).toMatchObject({ facts: { what: 'cpus', limit: 2, used: 1, wanted: 2 } });
    await scale(2);
    await quotas.set(database.dataSource.manager, customerId, { cpus: 1, instances: 0 });
    await scale(1.5);
    expect((await usageOf(customerId)).cpus).toBe(1.5);
    await expect(add(customerId)).rejects.toMatchObject({ code: 'quota.exceeded' });
  });

  it('of the default holds for whoever has none of their own', async () => {
    const [usual, special] = [await newCustomer(), await newCustomer()];
    await quotas.set(database.dataSource.manager, special, { instances: 3 });
    await quotas.setDefault({ instances: 1, cpus: 1 });
    try {
      await add(usual);
      await expect(add(usual)).rejects.toMatchObject({ code: 'quota.exceeded' });
      await add(special);
      await add(special);
      await expect(add(special)).rejects.toMatchObject({ facts: { what: 'cpus', limit: 1 } });
      expect(await quotas.of(special)).toMatchObject({
        limits: { instances: 3, cpus: 1 },
        own: { instances: 3 },
      });
    } finally {
      await quotas.setDefault({});
    }
  });

  it('lets exactly as many of fifty at once through', async () => {
    const customerId = await newCustomer();
    await quotas.set(database.dataSource.manager, customerId, { instances: 10 });
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => add(customerId)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect((await usageOf(customerId)).instances).toBe(10);
    expect(await usageOf(customerId)).toEqual(await counted(customerId));
  });
});

describe('the migration', () => {
  it('counts the instances that are there, and comes back from being undone', async () => {
    const customerId = newId();
    await add(customerId, { cpuLimit: 0.5 });
    const gone = await add(customerId);
    await instances.releaseName(database.dataSource.manager, gone.id);
    const before = await usageOf(customerId);
    const later = await query(`SELECT name FROM migration WHERE name NOT LIKE 'Access%' AND id >
      (SELECT id FROM migration WHERE name LIKE 'Access%')`);
    for (let undone = 0; undone <= later.length; undone += 1) await database.dataSource.undoLastMigration();
    await database.dataSource.runMigrations({ transaction: 'each' });
    expect(await usageOf(customerId)).toEqual(before);
    expect(before).toMatchObject({ instances: 1, cpus: 0.5 });
  });
});
