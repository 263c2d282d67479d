import { pageTitle } from '../../infrastructure/scripts/stack/http.ts';
import { Customer, freshName, type InstanceView, problemOf } from '../support/customer';
import { leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { expectServed, expectStopped } from '../support/states';
import { containerOfInstance, replicasOf } from '../support/tasks';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(240_000);

describe('what only an operator may tell an instance', () => {
  let customer: Customer;
  let admin: Customer;

  beforeAll(async () => {
    customer = await Customer.register(edge);
    admin = await Customer.admin(site);
  });

  function light(prefix: string): Promise<InstanceView> {
    return customer.runningInstance({ database_name: freshName(prefix), odoo_version: site.lightVersion });
  }

  test('a suspended instance says why, and only an operator brings it back', async () => {
    const instance = await light('owes');
    const reason = 'The invoice of November is not paid.';
    expect((await customer.request(instance.id, 'suspend', { reason })).status).toBe(403);
    const suspend = await admin.command(instance.id, 'suspend', { reason });
    const page = await edge.call(instance.database_name, '/', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(402);
    expect(pageTitle(page)).toBe('The instance is suspended');
    expect(page.body).toContain(reason);
    await customer.succeeded(suspend.id);
    expect(await replicasOf(instance.service_name)).toBe('0/0');

    const refused = await customer.request(instance.id, 'start');
    expect(refused.status).toBe(409);
    expect(problemOf(refused).code).toBe('instance.suspended');
    expect((await customer.request(instance.id, 'resume')).status).toBe(403);

    await customer.succeeded((await admin.command(instance.id, 'resume')).id);
    await expectServed(customer, instance);
  });

  test('what was stopped before a suspension is stopped after it', async () => {
    const instance = await light('rests');
    await customer.succeeded((await customer.command(instance.id, 'stop')).id);
    await customer.succeeded((await admin.command(instance.id, 'suspend')).id);
    expect((await customer.instance(instance.id)).status).toBe('suspended');
    await customer.succeeded((await admin.command(instance.id, 'resume')).id);
    await expectStopped(customer, instance);
  });

  test('redeploy makes the service anew under its name', async () => {
    const instance = await light('anew');
    const before = await containerOfInstance(instance.id);
    expect((await customer.request(instance.id, 'redeploy')).status).toBe(403);
    await customer.succeeded((await admin.command(instance.id, 'redeploy')).id);
    expect((await containerOfInstance(instance.id)).taskId).not.toBe(before.taskId);
    await expectServed(customer, instance);
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
  });
});
