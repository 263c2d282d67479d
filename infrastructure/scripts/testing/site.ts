import { docker } from '../docker.ts';
import { isOwnEngine } from '../engine-setup.ts';
import { ensureImages } from '../images.ts';
import { inRepository, inState } from '../paths.ts';
import { say, step } from '../progress.ts';
import { deployStack, type OdooImage } from '../stack/deploy.ts';
import { removeStack } from '../stack/remove.ts';
import { engineHost, type StackSettings } from '../stack/settings.ts';
import { ensureNetworks } from '../swarm.ts';
import { cephGround, isCephThere, removeCeph, startCeph } from './ceph-ground.ts';

/** Another run can stand beside this one; it also needs ports of its own (SAASODOO_TEST_PORT and the one after it). */
const NAME = process.env['SAASODOO_TEST_STACK'] ?? 'saasodoo-test';
const PORT = Number(process.env['SAASODOO_TEST_PORT'] ?? '18080');

/** A deployment of its own, beside whatever else the machine runs. Its base domain is the plan's. */
function siteCalled(name: string, publicPort = PORT): StackSettings {
  return {
    name,
    tenantNetwork: `${name}-network`,
    internalNetwork: `${name}-internal`,
    baseDomain: 'localhost',
    publicPort,
    engineHost: engineHost(),
    storageRoot: `/var/lib/${name}/storage`,
    adminEmail: 'admin@example.com',
  };
}

/** The site of a run, and another one beside it. */
export const TEST_SITES = { first: siteCalled(NAME), second: siteCalled(`${NAME}-2`, PORT + 1) };

/** The same on CephFS. It has the port of the other one, so that only one of them stands at a time. */
const CEPH_SITE = siteCalled(`${NAME}-ceph`);
const CEPH = cephGround(CEPH_SITE.name);

/**
 * Tests register many customers from one address, ask for more than any node has, and wait for what the platform leaves
 * time for elsewhere: hopeless creations, Odoos that hang, tasks that fail again and again. How it judges stays the same.
 * The janitor runs when it is asked to and not by itself: what a test finds left over must not have been tidied away.
 */
const SITE_ENVIRONMENT = {
  // From the light version to the fleeting one: a command of the site, which leaves the work to the light Odoo.
  MAJOR_UPGRADES: JSON.stringify({
    '90>94': { command: ['sh', '-c', 'odoo -d "$SAASODOO_DATABASE" -u "from-$SAASODOO_FROM_VERSION"'] },
  }),
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
/** The same, and its server does not come up: an upgrade to it cannot be had. */
const BROKEN_VERSION = '95';
/** The same under a tag of one site alone, which a test may take away. */
const fleetingOf = ({ name }: StackSettings): { readonly version: string; readonly image: string } => ({
  version: '94',
  image: `saasodoo/test-fleeting-${name}:latest`,
});

/** Images of Odoo made for tests, and one that does not exist, as versions only the site under test offers. */
async function testImages(settings: StackSettings, real: OdooImage): Promise<Record<string, OdooImage>> {
  const build = async (folder: string, from = real.image): Promise<string> => {
    const tag = `saasodoo/test-${folder}:latest`;
    const context = inRepository('test/support/images', folder);
    const labels = ['--label', 'saasodoo.managed=true'];
    await docker(['build', '-q', '-t', tag, ...labels, '--build-arg', `ODOO_IMAGE=${from}`, context], {
      env: { DOCKER_BUILDKIT: '0' },
    });
    return tag;
  };
  const light = await build('odoo-light');
  const fleeting = fleetingOf(settings);
  await docker(['tag', light, fleeting.image]);
  return {
    [LIGHT_VERSION]: { image: light, profile: real.profile },
    [fleeting.version]: { image: fleeting.image, profile: real.profile },
    [BROKEN_VERSION]: { image: await build('odoo-light-broken', light), profile: real.profile },
    '91': { image: 'saasodoo/does-not-exist:1', profile: real.profile },
    '92': { image: await build('odoo-exits'), profile: real.profile },
    '93': { image: await build('odoo-hangs'), profile: real.profile },
  };
}

/** Whether the services of this deployment are the only ones: a test may then take the whole Swarm away. */
async function isAlone(name: string): Promise<boolean> {
  const owners = `{{index .Spec.Labels "com.docker.stack.namespace"}}{{index .Spec.Labels "saasodoo.platform"}}`;
  const services = (await docker(['service', 'ls', '-q'])).split('\n').filter(Boolean);
  const found = await docker(['service', 'inspect', ...services, '--format', owners]);
  return found.split('\n').every((owner) => owner === name);
}

async function announce(settings: StackSettings, odooVersion: string): Promise<Record<string, string>> {
  const platformImage = (
    await docker([
      'service',
      'inspect',
      `${settings.name}_provisioner`,
      '--format',
      '{{.Spec.TaskTemplate.ContainerSpec.Image}}',
    ])
  ).trim();
  const ownEngine = await isOwnEngine();
  const fleeting = fleetingOf(settings);
  const site = {
    ...settings,
    odooVersion,
    lightVersion: LIGHT_VERSION,
    brokenVersion: BROKEN_VERSION,
    fleetingVersion: fleeting.version,
    fleetingImage: fleeting.image,
    platformImage,
    secretsFolder: inState(settings.name, 'secrets'),
    ownEngine,
    ownSwarm: ownEngine && (await isAlone(settings.name)),
  };
  return { SAASODOO_TEST_SITE: JSON.stringify(site) };
}

/** Set by whoever looks at the site after a run: it is left running, and the next such run brings it up to date. */
const KEEP = process.env['SAASODOO_KEEP_TEST_SITE'] !== undefined;

async function isDeployed({ name }: StackSettings): Promise<boolean> {
  const own = ['service', 'ls', '-q', '--filter', `label=com.docker.stack.namespace=${name}`];
  return (await docker(own)) !== '';
}

/** What an earlier run left behind when it died has the same name and an unknown state. */
async function clearLeftovers(settings: StackSettings, purgeWith: string): Promise<void> {
  if (await isDeployed(settings)) {
    if (KEEP) return say('An earlier run left its site behind; it is brought up to date.');
    say('An earlier run left its site behind; it is removed first.');
  }
  await removeStack(settings, { purgeWith });
}

/** Nothing of the site on CephFS, whatever state a dead run left it in. */
async function removeCephSite(purgeWith: string): Promise<void> {
  const isThere = (await isCephThere(CEPH)) || (await isDeployed(CEPH_SITE));
  if (!isThere) return;
  say('An earlier run left its site on CephFS behind; it is removed first.');
  await removeCeph(CEPH);
  await removeStack(CEPH_SITE, { purgeWith });
}

/** What tells tests of a site, as it is now. */
export type Announce = () => Promise<Record<string, string>>;

type OnSite = (announced: Announce) => Promise<void>;

async function deployAndWork(
  settings: StackSettings,
  environment: Readonly<Record<string, string>>,
  work: OnSite,
): Promise<void> {
  const images = await ensureImages();
  const [odooVersion, real] = Object.entries(images.odoo).sort(([a], [b]) => Number(b) - Number(a))[0] ?? [];
  if (odooVersion === undefined || real === undefined)
    throw new Error('this site has no image of Odoo at all');
  await ensureNetworks(settings);
  const extra = await step('Images made for tests', () => testImages(settings, real));
  await deployStack(settings, {
    extraOdooImages: extra,
    environment: { ...SITE_ENVIRONMENT, ...environment },
  });
  await work(() => announce(settings, odooVersion));
}

/** Deploys the platform for tests, runs `work` with what announces it to them, and takes it down with its data. */
export async function inTestSite(settings: StackSettings, work: OnSite): Promise<void> {
  const purgeWith = (await ensureImages()).postgres.image;
  await removeCephSite(purgeWith);
  await clearLeftovers(settings, purgeWith);
  try {
    await deployAndWork(settings, {}, work);
  } finally {
    if (!KEEP) await removeStack(settings, { purgeWith });
  }
}

/**
 * The same on a real CephFS, which is started for it and removed with it. Answers why there is none where it cannot be had,
 * and does nothing then.
 */
export async function inCephSite(work: OnSite): Promise<string | undefined> {
  const purgeWith = (await ensureImages()).postgres.image;
  for (const other of Object.values(TEST_SITES)) {
    if (await isDeployed(other)) await removeStack(other, { purgeWith });
  }
  if (!KEEP) await removeCephSite(purgeWith);
  try {
    const reason = await startCeph(CEPH);
    if (reason !== undefined) return reason;
    const { tenantsPath: storageRoot, platformPath: storageSource } = CEPH;
    const settings = { ...CEPH_SITE, storageRoot, storageSource, storageDriver: 'cephfs' };
    // Usage is waited for again and again.
    await deployAndWork(settings, { STORAGE_SAMPLE_EVERY_MS: '1000' }, (announced) =>
      work(async () => ({ ...(await announced()), SAASODOO_TEST_CEPH: JSON.stringify(CEPH) })),
    );
    return undefined;
  } finally {
    if (!KEEP) {
      // The files go with the Ceph; what is wiped here is the plain folder that the site does not use.
      await removeStack(CEPH_SITE, { purgeWith });
      await removeCeph(CEPH);
    }
  }
}
