import { Customer, freshName, type InstanceView } from '../support/customer';
import { edgeOf, testSite } from '../support/site';
import { containerOfInstance, environmentOf, limitsOf } from '../support/tasks';

const site = testSite();
const edge = edgeOf(site);
const MIB = 1024 ** 2;

jest.setTimeout(240_000);

describe('an instance takes another shape', () => {
  let customer: Customer;
  let instance: InstanceView;

  beforeAll(async () => {
    customer = await Customer.register(edge);
  });

  beforeEach(async () => {
    instance = await customer.runningInstance({
      database_name: freshName('shape'),
      odoo_version: site.lightVersion,
      cpu_limit: 0.5,
      memory_limit: '512M',
    });
  });

  test('more CPU and memory, with the task replaced', async () => {
    const before = await containerOfInstance(instance.id);
    const { id } = await customer.change(instance.id, { cpu_limit: 1, memory_limit: '768M' });
    await customer.succeeded(id);
    expect(await limitsOf(instance.service_name)).toEqual({ cpus: 1, memoryBytes: 768 * MIB });
    expect((await containerOfInstance(instance.id)).taskId).not.toBe(before.taskId);
    expect(await customer.instance(instance.id)).toMatchObject({ status: 'running', cpu_limit: 1 });
    expect((await edge.call(instance.database_name, '/web/login')).status).toBe(200);
  });

  test('what is changed on a stopped instance applies at its next start', async () => {
    await customer.succeeded((await customer.command(instance.id, 'stop')).id);
    await customer.succeeded((await customer.change(instance.id, { memory_limit: '640M' })).id);
    expect(await customer.instance(instance.id)).toMatchObject({ status: 'stopped' });
    await customer.succeeded((await customer.command(instance.id, 'start')).id);
    expect(await limitsOf(instance.service_name)).toEqual({ cpus: 0.5, memoryBytes: 640 * MIB });
  });

  test('what fits no node is taken back, and the instance runs on unharmed', async () => {
    const before = await containerOfInstance(instance.id);
    const operation = await customer.settled((await customer.change(instance.id, { memory_limit: '1T' })).id);
    expect(operation).toMatchObject({ status: 'failed', error: { code: 'swarm.no_suitable_node' } });
    expect(await customer.instance(instance.id)).toMatchObject({ status: 'running', cpu_limit: 0.5 });
    expect(await limitsOf(instance.service_name)).toEqual({ cpus: 0.5, memoryBytes: 512 * MIB });
    expect((await containerOfInstance(instance.id)).taskId).toBe(before.taskId);
    expect((await edge.call(instance.database_name, '/web/login')).status).toBe(200);
    // What was taken back is not remembered as wanted.
    await customer.succeeded((await customer.command(instance.id, 'restart')).id);
    expect(await limitsOf(instance.service_name)).toEqual({ cpus: 0.5, memoryBytes: 512 * MIB });
  });

  test('another environment, with the task replaced', async () => {
    const before = await containerOfInstance(instance.id);
    await customer.succeeded(
      (await customer.change(instance.id, { environment: { TZ: 'Europe/Berlin' } })).id,
    );
    expect(await environmentOf(instance.service_name)).toContain('TZ=Europe/Berlin');
    const after = await containerOfInstance(instance.id);
    expect(after.taskId).not.toBe(before.taskId);
    await customer.succeeded((await customer.change(instance.id, { environment: {} })).id);
    expect(await environmentOf(instance.service_name)).not.toContain('TZ=Europe/Berlin');
  });

  test('another name restarts nothing', async () => {
    const before = await containerOfInstance(instance.id);
    await customer.succeeded(
      (await customer.change(instance.id, { name: 'Renamed', description: 'New.' })).id,
    );
    expect(await customer.instance(instance.id)).toMatchObject({ name: 'Renamed', status: 'running' });
    expect((await containerOfInstance(instance.id)).taskId).toBe(before.taskId);
  });

  test('dry_run tells scaling from renaming', async () => {
    const preview = async (json: object): Promise<string> => {
      const path = `/instance/instances/${instance.id}?dry_run=true`;
      const answer = await customer.call(path, { method: 'PATCH', json });
      expect(answer.status).toBe(200);
      return (JSON.parse(answer.body) as { kind: string }).kind;
    };
    expect(await preview({ memory_limit: '1G' })).toBe('scale');
    expect(await preview({ name: 'Other' })).toBe('reconfigure');
    expect(await customer.instance(instance.id)).toMatchObject({ name: 'Test Instance' });
  });
});
