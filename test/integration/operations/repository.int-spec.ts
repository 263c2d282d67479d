import { newId } from '@saasodoo/kernel';
import { stepListOf } from '@saasodoo/operations/domain';
import { runInTransaction } from '@saasodoo/persistence';
import { newInstance } from '@saasodoo/testing';
import { ToyWorld } from './toy-world';

jest.setTimeout(60_000);

describe('OperationRepository', () => {
  let world: ToyWorld;

  beforeAll(async () => {
    world = await ToyWorld.open();
  });

  afterAll(() => world.close());

  it('opens an operation with its steps and answers it as it is read', async () => {
    const instance = newInstance();
    const opened = await runInTransaction(world.dataSource, async (em) => {
      await world.instances.insert(em, instance);
      return world.operations.open(em, {
        instanceId: instance.id,
        customerId: instance.customerId,
        kind: 'create',
        generation: 1,
        input: { demo: true },
        correlationId: 'story',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      });
    });
    expect(opened).toMatchObject({ status: 'queued', attempt: 1, sequence: 0, correlationId: 'story' });
    expect(opened.steps.map(({ name }) => name)).toEqual(stepListOf('create'));
    expect(await world.operations.find(opened.id)).toEqual(opened);
  });

  it('leaves nothing behind when its transaction fails', async () => {
    const instance = newInstance();
    const failing = runInTransaction(world.dataSource, async (em) => {
      await world.instances.insert(em, instance);
      const { id: instanceId, customerId } = instance;
      await world.operations.open(em, {
        instanceId,
        customerId,
        kind: 'create',
        generation: 1,
        correlationId: 'x',
      });
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect((await world.operations.list({ instanceId: instance.id, page: 1, pageSize: 10 })).total).toBe(0);
  });

  it('shows an operation to its customer alone', async () => {
    const { id, customerId } = await world.create();
    expect(await world.operations.findForCustomer(id, customerId)).toMatchObject({ id });
    expect(await world.operations.findForCustomer(id, newId())).toBeUndefined();
    expect(await world.operations.find(newId())).toBeUndefined();
  });

  it('lists newest first, knows the latest of each instance and what is open', async () => {
    const created = await world.create();
    const { instanceId, customerId } = created;
    const second = await world.follow(created, 'terminate');
    const third = await world.follow(created, 'terminate');
    const other = await world.create();
    const pages = await Promise.all(
      [1, 2].map((page) => world.operations.list({ customerId, page, pageSize: 2 })),
    );
    expect(pages.map(({ total }) => total)).toEqual([3, 3]);
    expect(pages.flatMap(({ operations }) => operations.map(({ id }) => id))).toEqual([
      third.id,
      second.id,
      created.id,
    ]);
    const latest = await world.operations.latestOf([instanceId, other.instanceId]);
    expect([latest.get(instanceId)?.id, latest.get(other.instanceId)?.id]).toEqual([third.id, other.id]);
    expect((await world.operations.latestOf([])).size).toBe(0);
    const open = await world.operations.openFor(world.dataSource.manager, instanceId);
    expect(open.map(({ id }) => id)).toEqual([created.id, second.id, third.id]);
    expect(await world.operations.activeFor(world.dataSource.manager, instanceId)).toBeUndefined();
  });

  it('notes a request to cancel once', async () => {
    const created = await world.create();
    expect(await world.cancel(created)).toBe(true);
    const { cancelRequestedAt } = await world.read(created);
    expect(cancelRequestedAt).toBeInstanceOf(Date);
    expect(await world.cancel(created)).toBe(true);
    expect((await world.read(created)).cancelRequestedAt).toEqual(cancelRequestedAt);
  });
});
