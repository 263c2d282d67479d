import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { odooLogin, waitForLoginPage } from '../../infrastructure/scripts/demo/odoo.ts';
import { docker } from '../../infrastructure/scripts/docker.ts';
import { inRepository } from '../../infrastructure/scripts/paths.ts';
import { run } from '../../infrastructure/scripts/process.ts';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { directoryOf, leftoversOf, ONE_OF_EACH, tenantSql } from '../support/leftovers';
import { edgeOf, testSite, untilReady } from '../support/site';
import { expectStopped } from '../support/states';
import { replicasOf } from '../support/tasks';

const site = testSite();
const edge = edgeOf(site);

jest.setTimeout(1_200_000);

// The services of every other deployment would go with it, and nobody here would bring those back.
const onOwnSwarm = site.ownSwarm ? test : test.skip;

describe('the Swarm is lost with everything in it, and initialised anew', () => {
  /** A record in Odoo's database and a file beside its own, which nobody could make up. */
  async function leaveTraces(instance: InstanceView): Promise<string> {
    const trace = randomBytes(12).toString('hex');
    const record = `INSERT INTO ir_config_parameter (key, value) VALUES ('saasodoo.test.trace', '${trace}')`;
    await tenantSql(site, record, instance.database_name);
    await writeFile(`${directoryOf(site, instance)}/trace`, trace);
    return trace;
  }

  async function expectTraces(instance: InstanceView, trace: string): Promise<void> {
    const record = `SELECT value FROM ir_config_parameter WHERE key = 'saasodoo.test.trace'`;
    expect(await tenantSql(site, record, instance.database_name)).toEqual([trace]);
    expect(await readFile(`${directoryOf(site, instance)}/trace`, 'utf8')).toBe(trace);
  }

  beforeAll(() => untilReady(site));

  onOwnSwarm('rebuild brings every instance back with its data', async () => {
    const customer = await Customer.register(edge);
    const instance = (version: string): Promise<InstanceView> =>
      customer.runningInstance({ database_name: freshName('lost'), odoo_version: version });
    const odoo = await instance(site.odooVersion);
    const light = await instance(site.lightVersion);
    const stopped = await instance(site.lightVersion);
    await customer.succeeded((await customer.command(stopped.id, 'stop')).id);
    const { login, password } = await customer.credentials(odoo.id);
    const trace = await leaveTraces(odoo);

    await docker(['swarm', 'leave', '--force']);
    const output = await run(
      process.execPath,
      [inRepository('infrastructure/scripts/saasodoo.ts'), 'rebuild'],
      { env: { SAASODOO_STACK: site.name }, timeoutMs: 900_000 },
    );

    expect(output).toContain(odoo.database_name);
    expect(output).toContain(light.database_name);
    expect(output).not.toContain(stopped.database_name);
    await waitForLoginPage(edge, odoo.database_name);
    await waitForLoginPage(edge, light.database_name);
    await expectTraces(odoo, trace);
    expect(await odooLogin(edge, { database: odoo.database_name, login, password })).toBeGreaterThan(0);
    expect(await replicasOf(odoo.service_name)).toBe('1/1');
    for (const back of [odoo, light]) expect(await leftoversOf(site, back)).toEqual(ONE_OF_EACH);

    // What was stopped stays stopped, and can be started although its service went with the Swarm.
    expect((await customer.instance(stopped.id)).status).toBe('stopped');
    await customer.succeeded((await customer.command(stopped.id, 'start')).id);
    await waitForLoginPage(edge, stopped.database_name);
    await customer.succeeded((await customer.command(stopped.id, 'stop')).id);
    await expectStopped(customer, stopped);
  });
});
