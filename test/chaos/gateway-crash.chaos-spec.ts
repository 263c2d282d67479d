import { poll } from '../../infrastructure/scripts/process.ts';
import { EdgeClient } from '../../infrastructure/scripts/stack/http.ts';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { leftoversOf, ONE_OF_EACH } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { Worker } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(180_000);

describe('a gateway killed while it accepts a request', () => {
  /** A gateway that dies at `point`, reached past the edge. */
  async function doomedGateway(point: string): Promise<{ gateway: Worker; client: EdgeClient }> {
    const gateway = await Worker.start(site, 'api-gateway', { crashAt: point, published: true });
    const client = new EdgeClient({ ...site, publicPort: await gateway.port() });
    const listening = await poll(
      async () =>
        (await client.call('api', '/healthz').catch(() => undefined))?.status === 200 ? true : undefined,
      60_000,
    );
    if (listening === undefined) throw new Error(`the gateway did not start\n${await gateway.log()}`);
    return { gateway, client };
  }

  test.each(['gateway.written', 'gateway.committed'])(
    '%s: asked again with the same key, there is one instance',
    async (point) => {
      const customer = await Customer.register(edge);
      const wish = { database_name: freshName('gate'), odoo_version: site.odooVersion };
      const headers = { 'idempotency-key': freshName('key') };
      const { gateway, client } = await doomedGateway(point);
      try {
        await expect(customer.through(client).requestInstance(wish, headers)).rejects.toThrow();
        expect(await gateway.ended()).toBe(137);
      } finally {
        await gateway.remove();
      }
      const answer = await customer.requestInstance(wish, headers);
      expect(answer.status).toBe(202);
      const instance = JSON.parse(answer.body) as InstanceView;
      expect(await customer.settled(instance.operation.id)).toMatchObject({ status: 'succeeded' });
      expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
      const list = JSON.parse((await customer.call('/instance/instances')).body) as { total: number };
      expect(list.total).toBe(1);
    },
  );
});
