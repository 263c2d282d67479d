import { Customer, freshName, type InstanceView, problemOf } from '../support/customer';
import { leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { expectServed, expectStopped } from '../support/states';
import { containerOfInstance, containersOf } from '../support/tasks';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(240_000);

describe('an instance does as it is told', () => {
  let customer: Customer;

  beforeAll(async () => {
    customer = await Customer.register(edge);
  });

  function light(prefix: string): Promise<InstanceView> {
    return customer.runningInstance({ database_name: freshName(prefix), odoo_version: site.lightVersion });
  }

  test('a real Odoo is stopped, started and restarted, and nothing of it is lost', async () => {
    const instance = await customer.runningInstance({
      database_name: freshName('verbs'),
      odoo_version: site.odooVersion,
    });
    const { login, password } = await customer.credentials(instance.id);
    await customer.succeeded((await customer.command(instance.id, 'stop')).id);
    await expectStopped(customer, instance);
    await customer.succeeded((await customer.command(instance.id, 'start')).id);
    await expectServed(customer, instance);
    const before = await containerOfInstance(instance.id);
    await customer.succeeded((await customer.command(instance.id, 'restart')).id);
    await expectServed(customer, instance);
    const after = await containerOfInstance(instance.id);
    expect(after.taskId).not.toBe(before.taskId);
    expect(await customer.credentials(instance.id)).toEqual({ login, password });
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
  });

  test('stop ends with no process and a page that says so; start brings one back', async () => {
    const instance = await light('stop');
    const stop = await customer.succeeded((await customer.command(instance.id, 'stop')).id);
    expect(stop.steps.map(({ status }) => status)).toEqual(stop.steps.map(() => 'done'));
    await expectStopped(customer, instance);
    const start = await customer.succeeded((await customer.command(instance.id, 'start')).id);
    expect(start.kind).toBe('start');
    await expectServed(customer, instance);
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
  });

  test('restart answers with another task, and two never run at once', async () => {
    const instance = await light('again');
    const before = await containerOfInstance(instance.id);
    await customer.succeeded((await customer.command(instance.id, 'restart')).id);
    // Read as soon as the operation says that it is done: an old task that was taken for the new one would show here.
    const after = await containerOfInstance(instance.id);
    expect(after.taskId).not.toBe(before.taskId);
    const ended = (await containersOf(instance.id)).find(({ id }) => id === before.id);
    expect(ended === undefined || ended.finishedAt <= after.startedAt).toBe(true);
    await expectServed(customer, instance);
  });

  test('unpause is start, and actions name the same verbs', async () => {
    const instance = await light('pause');
    const act = async (action: string): Promise<void> => {
      const answer = await customer.call(`/instance/instances/${instance.id}/actions`, {
        method: 'POST',
        json: { action },
      });
      expect(answer.status).toBe(202);
      await customer.succeeded((JSON.parse(answer.body) as InstanceView).operation.id);
    };
    await act('stop');
    await expectStopped(customer, instance);
    await customer.succeeded((await customer.command(instance.id, 'unpause')).id);
    await expectServed(customer, instance);
    await act('restart');
    await expectServed(customer, instance);
  });

  test('what cannot be done is refused with what can', async () => {
    const instance = await light('no');
    const start = await customer.request(instance.id, 'start');
    expect(start.status).toBe(409);
    expect(problemOf(start).code).toBe('instance.command_refused');
    expect(problemOf(start).hint).toMatch(/stop.*restart/);
    await customer.succeeded((await customer.command(instance.id, 'stop')).id);
    const restart = await customer.request(instance.id, 'restart');
    expect(restart.status).toBe(409);
    expect(problemOf(restart).hint).toContain('start');
    await customer.settled((await customer.terminate(instance.id)).id);
    const late = await customer.request(instance.id, 'start');
    expect(late.status).toBe(409);
    expect(problemOf(late).code).toBe('instance.terminated');
  });

  test('dry_run answers with the steps and changes nothing', async () => {
    const instance = await light('dry');
    const task = await containerOfInstance(instance.id);
    const answer = await customer.call(`/instance/instances/${instance.id}/stop?dry_run=true`, {
      method: 'POST',
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      dry_run: true,
      kind: 'stop',
      desired_state: 'stopped',
      steps: ['scale-down', 'await-gone'],
    });
    expect(await customer.instance(instance.id)).toMatchObject({
      status: 'running',
      desired_state: 'running',
    });
    expect((await containerOfInstance(instance.id)).taskId).toBe(task.taskId);
  });

  test("another customer's instance cannot be told anything", async () => {
    const instance = await light('mine');
    const stranger = await Customer.register(edge);
    expect((await stranger.request(instance.id, 'stop')).status).toBe(404);
    const rename = await stranger.call(`/instance/instances/${instance.id}`, {
      method: 'PATCH',
      json: { name: 'Theirs' },
    });
    expect(rename.status).toBe(404);
    expect((await customer.instance(instance.id)).status).toBe('running');
  });
});
