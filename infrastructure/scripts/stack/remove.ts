import { docker, tryDocker } from '../docker.ts';
import { poll } from '../process.ts';
import { step } from '../progress.ts';
import type { StackSettings } from './settings.ts';

async function ids(args: readonly string[]): Promise<string[]> {
  return (await docker(args)).split('\n').filter(Boolean);
}

/** Instances and their jobs carry the name of the platform that made them: two platforms may share a swarm. */
function tenantFilter(stack: string): string[] {
  return ['--filter', `label=saasodoo.platform=${stack}`];
}

async function removeServices(stack: string): Promise<void> {
  const tenants = await ids(['service', 'ls', '-q', ...tenantFilter(stack)]);
  if (tenants.length > 0) await docker(['service', 'rm', ...tenants]);
  const own = await ids(['service', 'ls', '-q', '--filter', `label=com.docker.stack.namespace=${stack}`]);
  if (own.length > 0) await docker(['stack', 'rm', stack]);
  // Apps that a test ran outside of Swarm, and did not live to remove.
  const plain = await ids(['ps', '-aq', '--filter', `label=saasodoo.stack=${stack}`]);
  if (plain.length > 0) await docker(['rm', '-f', ...plain]);
}

async function waitForContainers(stack: string): Promise<void> {
  const gone = await poll(async () => {
    const own = await ids(['ps', '-aq', '--filter', `label=com.docker.stack.namespace=${stack}`]);
    const tenants = await ids(['ps', '-aq', ...tenantFilter(stack)]);
    return own.length + tenants.length === 0 ? true : undefined;
  }, 120_000);
  if (gone === undefined)
    throw new Error(
      `containers of ${stack} are still there: docker ps --filter label=com.docker.stack.namespace=${stack}`,
    );
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
  await docker([...wipe, 'rm', '-rf', '/storage/odoo_instances']);
}

export interface RemoveOptions {
  /** An image with `find` to wipe the instance directories with; data is kept when absent. */
  readonly purgeWith?: string;
}

/** Takes a deployment off the swarm. Services, secrets and networks go; volumes and directories stay unless purged. */
export async function removeStack(settings: StackSettings, { purgeWith }: RemoveOptions = {}): Promise<void> {
  await step(`Remove the services of ${settings.name}`, async () => {
    await removeServices(settings.name);
    await waitForContainers(settings.name);
  });
  await step('Remove its secrets and networks', async () => {
    await removeSecrets(settings.name);
    await removeNetworks(settings);
  });
  if (purgeWith !== undefined) await step('Purge its data', () => purge(settings, purgeWith));
}
