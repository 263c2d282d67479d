import { randomBytes } from 'node:crypto';
import { createInstance, removeInstance, signIn } from '../demo/platform.ts';
import type { InstanceView } from '../demo/platform.ts';
import { waitForLoginPage } from '../demo/odoo.ts';
import { docker } from '../docker.ts';
import { ensureEngine } from '../engine.ts';
import { inRepository } from '../paths.ts';
import { say, step } from '../progress.ts';
import { deployStack } from '../stack/deploy.ts';
import { EdgeClient } from '../stack/http.ts';
import { secretValue } from '../stack/secrets.ts';
import { siteSettings } from '../stack/settings.ts';
import type { StackSettings } from '../stack/settings.ts';
import { ensureNetworks, ensureSwarm } from '../swarm.ts';
import { median, table } from './report.ts';

const ROUNDS = 10;
const CONCURRENT = 10;

interface StepTimes {
  readonly [step: string]: number;
}

interface ByHand {
  readonly total: number;
  readonly steps: StepTimes;
}

interface Site {
  readonly settings: StackSettings;
  readonly edge: EdgeClient;
  readonly token: string;
  readonly template: string;
  readonly odooImage: string;
  readonly platformImage: string;
  readonly postgres: string;
}

async function serviceImage(service: string): Promise<string> {
  return docker(['service', 'inspect', service, '--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}']);
}

async function tenantPostgres(stack: string): Promise<string> {
  const label = `label=com.docker.swarm.service.name=${stack}_tenant-postgres`;
  return docker(['ps', '-q', '--filter', label]);
}

async function sql(container: string, text: string): Promise<string> {
  return docker([
    'exec',
    '-u',
    'postgres',
    container,
    'psql',
    '-U',
    'saasodoo_admin',
    '-d',
    'postgres',
    '-Atc',
    text,
  ]);
}

/** The whole way as a customer sees it: POST, until the login page comes through the edge. Milliseconds. */
async function throughPlatform(
  site: Site,
  database: string,
): Promise<{ total: number; instance: InstanceView }> {
  const startedAt = performance.now();
  const instance = await createInstance(site.edge, site.token, database);
  await waitForLoginPage(site.edge, database);
  return { total: performance.now() - startedAt, instance };
}

async function byHand(site: Site, database: string): Promise<ByHand> {
  const { settings } = site;
  const variables = {
    DATABASE: database,
    IMAGE: site.odooImage,
    TEMPLATE: site.template,
    NETWORK: settings.tenantNetwork,
    DATABASE_HOST: 'tenant-postgres',
    DATABASE_USER: 'saasodoo_admin',
    DATABASE_PASSWORD: await secretValue(settings.name, 'tenant_database_password'),
    DIRECTORY: `${settings.storageRoot}/odoo_instances/${database}`,
    UID_GID: '101:101',
    PLATFORM: settings.name,
  };
  const output = await docker([
    ...[
      'run',
      '--rm',
      '--network',
      settings.tenantNetwork,
      '-v',
      '/var/run/docker.sock:/var/run/docker.sock',
    ],
    ...['-v', `${settings.storageRoot}:${settings.storageRoot}`],
    ...['-v', `${inRepository('test/load/provision-by-hand.mjs')}:/provision-by-hand.mjs:ro`],
    ...Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    site.platformImage,
    ...['node', '/provision-by-hand.mjs'],
  ]);
  return JSON.parse(output) as ByHand;
}

async function removeByHand(site: Site, database: string): Promise<void> {
  await docker(['service', 'rm', `odoo-${database}`]);
  await sql(site.postgres, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
  const wipe = [
    'run',
    '--rm',
    '--network',
    'none',
    '-v',
    `${site.settings.storageRoot}:/storage`,
    site.platformImage,
  ];
  await docker([...wipe, 'rm', '-rf', `/storage/odoo_instances/${database}`]);
}

function freshName(kind: string): string {
  return `bench-${kind}-${randomBytes(3).toString('hex')}`;
}

async function prepareSite(): Promise<Site> {
  const settings = siteSettings();
  await ensureEngine();
  await ensureSwarm();
  await ensureNetworks(settings);
  await deployStack(settings);
  const edge = new EdgeClient(settings);
  const token = await signIn(edge);
  // The first instance makes the template and warms every cache; it does not count.
  const warm = await step('Warm up', () => throughPlatform({ edge, token } as Site, freshName('warm')));
  const postgres = await tenantPostgres(settings.name);
  const template = await sql(
    postgres,
    "SELECT datname FROM pg_database WHERE datistemplate AND datname LIKE 'saasodoo_template_%' LIMIT 1",
  );
  const odooImage = await serviceImage(warm.instance.service_name);
  await removeInstance(edge, token, warm.instance.id);
  const platformImage = await serviceImage(`${settings.name}_provisioner`);
  return { settings, edge, token, template, odooImage, platformImage, postgres };
}

async function alternate(site: Site): Promise<{ platform: number[]; hand: ByHand[] }> {
  const platform: number[] = [];
  const hand: ByHand[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await step(`Round ${round} of ${ROUNDS}`, async (note) => {
      const handName = freshName('hand');
      hand.push(await byHand(site, handName));
      await removeByHand(site, handName);
      const { total, instance } = await throughPlatform(site, freshName('rest'));
      platform.push(total);
      await removeInstance(site.edge, site.token, instance.id);
      note(`by hand ${hand.at(-1)?.total} ms, platform ${Math.round(total)} ms`);
    });
  }
  return { platform, hand };
}

async function concurrently(site: Site): Promise<{ platform: number; hand: number }> {
  const names = Array.from({ length: CONCURRENT }, () => freshName('hand'));
  // Measured inside: starting the containers that the scripts run in is no part of their work.
  const hand = await step(`${CONCURRENT} by hand at once`, async () => {
    const all = await Promise.all(names.map((name) => byHand(site, name)));
    return Math.max(...all.map(({ total }) => total));
  });
  await Promise.all(names.map((name) => removeByHand(site, name)));
  const made: InstanceView[] = [];
  const platform = await step(`${CONCURRENT} through the platform at once`, async () => {
    const all = await Promise.all(names.map(() => throughPlatform(site, freshName('rest'))));
    made.push(...all.map(({ instance }) => instance));
    return Math.max(...all.map(({ total }) => total));
  });
  await Promise.all(made.map(({ id }) => removeInstance(site.edge, site.token, id)));
  return { platform, hand };
}

/** POST to first login page, against a bare script that does the same work, alternating in one run. */
export async function benchProvision(): Promise<void> {
  const site = await prepareSite();
  const { platform, hand } = await alternate(site);
  const together = await concurrently(site);
  const platformMedian = median(platform);
  const handMedian = median(hand.map(({ total }) => total));
  say('');
  say(
    table([
      ['', 'by hand (ms)', 'platform (ms)', 'ratio'],
      [`median of ${ROUNDS}`, handMedian, platformMedian, platformMedian / handMedian],
      [`fastest of ${ROUNDS}`, Math.min(...hand.map(({ total }) => total)), Math.min(...platform), ''],
      [
        `${CONCURRENT} at once, last one served`,
        together.hand,
        together.platform,
        together.platform / together.hand,
      ],
    ]),
  );
  say(`The platform's own share, difference of the medians: ${Math.round(platformMedian - handMedian)} ms.`);
}
