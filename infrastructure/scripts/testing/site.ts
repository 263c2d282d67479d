import { docker } from '../docker.ts';
import { isOwnEngine } from '../engine-setup.ts';
import { ensureImages } from '../images.ts';
import { inRepository, inState } from '../paths.ts';
import { say, step } from '../progress.ts';
import { deployStack, type OdooImage } from '../stack/deploy.ts';
import { removeStack } from '../stack/remove.ts';
import { engineHost, type StackSettings } from '../stack/settings.ts';
import { ensureNetworks } from '../swarm.ts';

/** Several can stand side by side; each also needs a port of its own (SAASODOO_TEST_PORT). */
const NAME = process.env['SAASODOO_TEST_STACK'] ?? 'saasodoo-test';

/** A deployment of its own, beside whatever else the machine runs. Its base domain is the plan's. */
const TEST_SITE: StackSettings = {
  name: NAME,
  tenantNetwork: `${NAME}-network`,
  internalNetwork: `${NAME}-internal`,
  baseDomain: 'localhost',
  publicPort: Number(process.env['SAASODOO_TEST_PORT'] ?? '18080'),
  engineHost: engineHost(),
  storageRoot: `/var/lib/${NAME}/storage`,
  adminEmail: 'admin@example.com',
};

/**
 * Tests register many customers from one address, ask for more than any node has, and wait for what the platform leaves
 * time for elsewhere: hopeless creations, Odoos that hang, tasks that fail again and again. How it judges stays the same.
 * The janitor runs when it is asked to and not by itself: what a test finds left over must not have been tidied away.
 */
const SITE_ENVIRONMENT = {
  AUTH_ATTEMPTS_PER_MINUTE: '1000',
  TENANT_HTTP_TIMEOUT_MS: '20000',
  MONITOR_PROBE_EVERY_MS: '2000',
  MONITOR_START_MS: '20000',
  RECONCILE_EVERY_MS: '1000',
  HUNG_AFTER_MS: '10000',
  CRASH_LOOP_FAILURES: '3',
  QUOTA_MEMORY: '8000T',
  JANITOR_EVERY_S: '86400',
  JANITOR_MIN_AGE_S: '5',
  JANITOR_QUARANTINE_S: '5',
};

/** An Odoo whose server is not Odoo's: it is up at once and takes next to nothing. */
const LIGHT_VERSION = '90';
/** The same under a tag of this site alone, which a test may take away. */
const FLEETING = { version: '94', image: `saasodoo/test-fleeting-${NAME}:latest` };

/** Images of Odoo made for tests, and one that does not exist, as versions only the site under test offers. */
async function testImages(real: OdooImage): Promise<Record<string, OdooImage>> {
  const build = async (folder: string): Promise<string> => {
    const tag = `saasodoo/test-${folder}:latest`;
    const context = inRepository('test/support/images', folder);
    const labels = ['--label', 'saasodoo.managed=true'];
    await docker(['build', '-q', '-t', tag, ...labels, '--build-arg', `ODOO_IMAGE=${real.image}`, context], {
      env: { DOCKER_BUILDKIT: '0' },
    });
    return tag;
  };
  const light = await build('odoo-light');
  await docker(['tag', light, FLEETING.image]);
  return {
    [LIGHT_VERSION]: { image: light, profile: real.profile },
    [FLEETING.version]: { image: FLEETING.image, profile: real.profile },
    '91': { image: 'saasodoo/does-not-exist:1', profile: real.profile },
    '92': { image: await build('odoo-exits'), profile: real.profile },
    '93': { image: await build('odoo-hangs'), profile: real.profile },
  };
}

/** Whether the services of this deployment are the only ones: a test may then take the whole Swarm away. */
async function isAlone(): Promise<boolean> {
  const owners = `{{index .Spec.Labels "com.docker.stack.namespace"}}{{index .Spec.Labels "saasodoo.platform"}}`;
  const services = (await docker(['service', 'ls', '-q'])).split('\n').filter(Boolean);
  const found = await docker(['service', 'inspect', ...services, '--format', owners]);
  return found.split('\n').every((owner) => owner === TEST_SITE.name);
}

async function announce(odooVersion: string): Promise<Record<string, string>> {
  const platformImage = (
    await docker([
      'service',
      'inspect',
      `${TEST_SITE.name}_provisioner`,
      '--format',
      '{{.Spec.TaskTemplate.ContainerSpec.Image}}',
    ])
  ).trim();
  const ownEngine = await isOwnEngine();
  const site = {
    ...TEST_SITE,
    odooVersion,
    lightVersion: LIGHT_VERSION,
    fleetingVersion: FLEETING.version,
    fleetingImage: FLEETING.image,
    platformImage,
    secretsFolder: inState(TEST_SITE.name, 'secrets'),
    ownEngine,
    ownSwarm: ownEngine && (await isAlone()),
  };
  return { SAASODOO_TEST_SITE: JSON.stringify(site) };
}

async function leftoverStack(): Promise<boolean> {
  return (
    (await docker([
      'service',
      'ls',
      '-q',
      '--filter',
      `label=com.docker.stack.namespace=${TEST_SITE.name}`,
    ])) !== ''
  );
}

/** Set by whoever looks at the site after a run: it is left running, and the next such run brings it up to date. */
const KEEP = process.env['SAASODOO_KEEP_TEST_SITE'] !== undefined;

/** What an earlier run left behind when it died has the same name and an unknown state. */
async function clearLeftovers(purgeWith: string): Promise<void> {
  if (await leftoverStack()) {
    if (KEEP) return say('An earlier run left its site behind; it is brought up to date.');
    say('An earlier run left its site behind; it is removed first.');
  }
  await removeStack(TEST_SITE, { purgeWith });
}

/** Deploys the platform for tests, runs `work` with the environment that announces it, and takes it down with its data. */
export async function inTestSite(
  work: (environment: Record<string, string>) => Promise<void>,
): Promise<void> {
  const images = await ensureImages();
  const [odooVersion, real] = Object.entries(images.odoo).sort(([a], [b]) => Number(b) - Number(a))[0] ?? [];
  if (odooVersion === undefined || real === undefined)
    throw new Error('this site has no image of Odoo at all');
  const purgeWith = images.postgres.image;
  await clearLeftovers(purgeWith);
  await ensureNetworks(TEST_SITE);
  const extra = await step('Images made for tests', () => testImages(real));
  try {
    await deployStack(TEST_SITE, {
      extraOdooImages: extra,
      environment: SITE_ENVIRONMENT,
    });
    await work(await announce(odooVersion));
  } finally {
    if (!KEEP) await removeStack(TEST_SITE, { purgeWith });
  }
}
