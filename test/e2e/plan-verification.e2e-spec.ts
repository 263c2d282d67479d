import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll, run } from '../../infrastructure/scripts/process.ts';
import { freshName } from '../support/customer';
import { edgeOf, testSite } from '../support/site';
import { waitForLoginPage } from '../../infrastructure/scripts/demo/odoo.ts';

const site = testSite();

jest.setTimeout(300_000);

const LOGIN = (email: string): string => `
TOKEN=$(curl -X POST http://auth.localhost/login \\
  -H "Content-Type: application/json" \\
  -d '{
    "email": "${email}",
    "password": "Test123!"
  }' | jq -r '.access_token')
`;

/** The migration plan's verification, section 7.3 steps 4 to 6, as an operator types it. */
const COMMANDS = (database: string, version: string, email: string): string => `
set -euo pipefail
curl -X POST http://auth.localhost/register \\
  -H "Content-Type: application/json" \\
  -d '{
    "email": "${email}",
    "password": "Test123!",
    "first_name": "Test",
    "last_name": "User"
  }'
echo
${LOGIN(email)}
curl -X POST http://api.localhost/instance/instances \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "Test Instance",
    "database_name": "${database}",
    "admin_email": "admin@test.com",
    "odoo_version": "${version}",
    "instance_type": "development",
    "billing_status": "trial"
  }'
`;

/** Step 7 of the same section: one lifecycle operation, and what verifies it. */
const LIFECYCLE = (verb: 'stop' | 'start'): string => `
curl -X POST http://api.localhost/instance/instances/$INSTANCE_ID/${verb} \\
  -H "Authorization: Bearer $TOKEN"
`;
const LIST_BY_ID = `
docker service ls --filter label=saasodoo.instance.id=$INSTANCE_ID
`;

describe("the migration plan's verification works as written", () => {
  let curlHome: string;

  beforeAll(async () => {
    // The lines name port 80; the deployment under test listens elsewhere, and curl is told so outside of them.
    curlHome = await mkdtemp(join(tmpdir(), 'saasodoo-curl-'));
    await writeFile(join(curlHome, '.curlrc'), `silent\nconnect-to = "::127.0.0.1:${site.publicPort}"\n`);
  });

  function shell(script: string): Promise<string> {
    return run('bash', ['-c', script], { env: { CURL_HOME: curlHome } });
  }

  test('register, log in, create, list services by label, route', async () => {
    const database = freshName('testdb');
    const output = await shell(COMMANDS(database, site.odooVersion, `${database}@example.com`));
    const instance = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
      id: string;
      service_name: string;
    };
    await waitForLoginPage(edgeOf(site), database);

    expect(await shell('docker service ls --filter label=saasodoo.instance.id')).toContain(
      instance.service_name,
    );
    expect(await shell(`docker service ps ${instance.service_name}`)).toContain('Running');
    expect(await shell(`docker service logs ${instance.service_name} 2>&1`)).toMatch(/odoo/i);
    expect(await shell(`curl -I http://${database}.localhost`)).toMatch(/^HTTP\/1\.1 (200|303)/);
  });

  test('stop scales the service to 0, start to 1', async () => {
    const database = freshName('testdb');
    const email = `${database}@example.com`;
    const output = await shell(COMMANDS(database, site.lightVersion, email));
    const { id, service_name } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
      id: string;
      service_name: string;
    };
    await waitForLoginPage(edgeOf(site), database);
    const variables = `set -euo pipefail\nINSTANCE_ID="${id}"\n`;
    const listed = (replicas: string): Promise<string | undefined> =>
      poll(async () => {
        const lines = await shell(variables + LIST_BY_ID);
        const [, line, ...more] = lines.split('\n');
        return more.length === 0 && line?.includes(` ${replicas} `) === true ? line : undefined;
      }, 60_000);

    await shell(variables + LOGIN(email) + LIFECYCLE('stop'));
    expect(await listed('0/0')).toContain(service_name);
    await shell(variables + LOGIN(email) + LIFECYCLE('start'));
    expect(await listed('1/1')).toContain(service_name);
    await waitForLoginPage(edgeOf(site), database);
  });

  const without17 = site.odooVersion === '17' ? test.skip : test;

  without17(
    'asked for Odoo 17 where it cannot be had, the answer lists the versions of this site',
    async () => {
      const database = freshName('testdb');
      const output = await shell(COMMANDS(database, '17', `${database}@example.com`));
      const problem = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
        status: number;
        detail: string;
      };
      expect(problem.status).toBe(422);
      expect(problem.detail).toContain(site.odooVersion);
    },
  );
});
