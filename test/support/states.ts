import { waitForLoginPage } from '../../infrastructure/scripts/demo/odoo.ts';
import { pageTitle } from '../../infrastructure/scripts/stack/http.ts';
import type { Customer, InstanceView } from './customer';
import { edgeOf, testSite } from './site';
import { containersOf, replicasOf } from './tasks';

/** Stopped for the API, for Swarm, for the engine, and for a visitor. */
export async function expectStopped(
  customer: Customer,
  { id, database_name, service_name }: InstanceView,
): Promise<void> {
  expect((await customer.instance(id)).status).toBe('stopped');
  expect(await replicasOf(service_name)).toBe('0/0');
  expect((await containersOf(id)).filter(({ running }) => running)).toEqual([]);
  const headers = { accept: 'text/html' };
  const page = await edgeOf(testSite()).call(database_name, '/web/login', { headers });
  expect(page.status).toBe(503);
  expect(pageTitle(page)).toBe('The instance is stopped');
}

/** Running for the API, for Swarm, and for a visitor. */
export async function expectServed(
  customer: Customer,
  { id, database_name, service_name }: InstanceView,
): Promise<void> {
  expect((await customer.instance(id)).status).toBe('running');
  expect(await replicasOf(service_name)).toBe('1/1');
  await waitForLoginPage(edgeOf(testSite()), database_name);
}
