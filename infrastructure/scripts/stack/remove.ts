import { docker, tryDocker } from '../docker.ts';
import { poll } from '../process.ts';
import { step } from '../progress.ts';
import type { StackSettings } from './settings.ts';

async function ids(args: readonly string[]): Promise<string[]> {
  return (await docker(args)).split('\n').filter(Boolean);
}

/** The apps that make and change services of instances. */
const ACTING = ['lifecycle', 'provisioner', 'janitor', 'monitor'];

/** Instances and their jobs carry the name of the platform that made them: two platforms may share a swarm. */
function tenantFilter(stack: string): string[] {
  return ['--filter', `label=saasodoo.platform=${stack}`];
}

/** Who acts on instances goes first, or it would make anew what is removed; the databases go after those who use them. */
async function removeServices(stack: string): Promise<void> {
  // Apps that a test ran outside of Swarm, and did not live to remove.
  const plain = await ids(['ps', '-aq', '--filter', `label=saasodoo.stack=${stack}`]);
  if (plain.length > 0) await docker(['rm', '-f', ...plain]);
  const own = ['--filter', `label=com.docker.stack.namespace=${stack}`];
  const names = await ids(['service', 'ls', '--format', '{{.Name}}', ...own]);
  await removeAndWait(names.filter((name) => ACTING.some((app) => name === `${stack}_${app}`)));
  await removeAndWait(await ids(['service', 'ls', '-q', ...tenantFilter(stack)]));
  await removeAndWait(await ids(['service', 'ls', '-q', ...own]));
  if (names.length > 0) await docker(['stack', 'rm', stack]);
}

/** Swarm forgets a removed service at once; its containers end later, and hold what they use until then. */
async function removeAndWait(services: readonly string[]): Promise<void> {
  if (services.length === 0) return;
  const inspected = await docker(['service', 'inspect', '--format', '{{.ID}}', ...services]);
  await docker(['service', 'rm', ...services]);
  const left = new Set(inspected.split('\n').filter(Boolean));
  const gone = await poll(async () => {
    for (const id of left) {
      const label = `label=com.docker.swarm.service.id=${id}`;
      if ((await ids(['ps', '-aq', '--filter', label])).length === 0) left.delete(id);
    }
    return left.size === 0 ? true : undefined;
  }, 120_000);
  if (gone === undefined)
    throw new Error(`containers of removed services are still there: ${[...left].join(', ')}`);
}

async function removeSecrets(stack: string): Promise<void> {
  const secrets = new Set([
    ...(await ids(['secret', 'ls', '-q', '--filter', `label=saasodoo.stack=${stack}`])),
    ...(await ids(['secret', 'ls', '-q', ...tenantFilter(stack)])),
  ]);
  if (secrets.size > 0) await docker(['secret', 'rm', ...secrets]);
}

async function removeNetworks(settings: StackSettings): Promise<void> {
  for (const network of [settings.tenantNetwork, settings.internalNetwork]) {
    // A network is let go a moment after its last container; until then the engine answers that it is in use.
    await poll(async () => {
      if ((await tryDocker(['network', 'inspect', network])).code !== 0) return true;
      return (await tryDocker(['network', 'rm', network])).code === 0 ? true : undefined;
    }, 30_000);
  }
}

/** What the platform makes below its storage root. */
const KEPT_IN = ['odoo_instances', 'odoo_backups', 'final_dumps', '.saasodoo-write-probe'];

/** Removes volumes and instance directories as well: nothing of the deployment is left, and nothing can be had back. */
async function purge(settings: StackSettings, image: string): Promise<void> {
  const volumes = await ids([
    'volume',
    'ls',
    '-q',
    '--filter',
    `label=com.docker.stack.namespace=${settings.name}`,
  ]);
  if (volumes.length > 0) await docker(['volume', 'rm', ...volumes]);
  const wipe = ['run', '--rm', '--network', 'none', '-v', `${settings.storageRoot}:/storage`, image];
  // Only what is the platform's own: the root may be a folder that holds more than that.
  await docker([...wipe, 'rm', '-rf', ...KEPT_IN.map((folder) => `/storage/${folder}`)]);
}

export interface RemoveOptions {
  /** An image with `find` to wipe the instance directories with; data is kept when absent. */
  readonly purgeWith?: string;
}

/** Takes a deployment off the swarm. Services, secrets and networks go; volumes and directories stay unless purged. */
export async function removeStack(settings: StackSettings, { purgeWith }: RemoveOptions = {}): Promise<void> {
  await step(`Remove the services of ${settings.name}`, async () => {
    await removeServices(settings.name);
  });
  await step('Remove its secrets and networks', async () => {
    await removeSecrets(settings.name);
    await removeNetworks(settings);
  });
  if (purgeWith !== undefined) await step('Purge its data', () => purge(settings, purgeWith));
}
