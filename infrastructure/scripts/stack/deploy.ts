import { readFile } from 'node:fs/promises';
import { docker, tryDocker } from '../docker.ts';
import { SetupError } from '../errors.ts';
import { ensureImages } from '../images.ts';
import { subnetOf } from '../networks.ts';
import { inRepository } from '../paths.ts';
import { ensurePlatformImage } from '../platform-image.ts';
import { poll, run } from '../process.ts';
import { step } from '../progress.ts';
import { rememberDeployment } from './deployment.ts';
import { EdgeClient } from './http.ts';
import { objectStoreAddition } from './object-store.ts';
import { contentHash, ensureSecrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';

const STACK_FILE = 'infrastructure/stack/platform.yml';

export interface OdooImage {
  readonly image: string;
  readonly id?: string;
  readonly profile: string;
}

interface Images {
  readonly platform: string;
  readonly postgres: string;
  readonly rabbitmq: string;
  readonly odoo: Readonly<Record<string, OdooImage>>;
}

/** Every image the stack needs: taken, pulled or built; the platform's own is made from the sources beside this. */
async function stackImages(): Promise<Images> {
  const images = await ensureImages();
  await step('Compile the platform', () =>
    run(process.execPath, [inRepository('infrastructure/scripts/build.ts')]),
  );
  const platform = await ensurePlatformImage(images);
  const odoo = Object.fromEntries(
    Object.entries(images.odoo).map(([version, { image, id, profile }]) => [version, { image, id, profile }]),
  );
  return { platform, postgres: images.postgres.image, rabbitmq: images.rabbitmq.image, odoo };
}

async function stackEnvironment(settings: StackSettings, images: Images): Promise<Record<string, string>> {
  const { definitionsHash } = await ensureSecrets(settings.name);
  const rabbitConf = await readFile(inRepository('infrastructure/rabbitmq/rabbitmq.conf'), 'utf8');
  return {
    STACK: settings.name,
    TENANT_NETWORK: settings.tenantNetwork,
    TENANT_NETWORK_SUBNET: await subnetOf(settings.tenantNetwork),
    INTERNAL_NETWORK: settings.internalNetwork,
    BASE_DOMAIN: settings.baseDomain,
    PUBLIC_PORT: String(settings.publicPort),
    STORAGE_ROOT: settings.storageRoot,
    STORAGE_DRIVER: settings.storageDriver ?? 'local',
    STORAGE_SOURCE: settings.storageSource ?? settings.storageRoot,
    ADMIN_EMAIL: settings.adminEmail,
    PLATFORM_IMAGE: images.platform,
    POSTGRES_IMAGE: images.postgres,
    RABBITMQ_IMAGE: images.rabbitmq,
    ODOO_IMAGES: JSON.stringify(images.odoo),
    RABBITMQ_CONF_HASH: contentHash(rabbitConf),
    RABBITMQ_DEFINITIONS_HASH: definitionsHash,
  };
}

/** The engine makes a missing folder for a plain container, on whatever machine it runs; for a service it refuses. */
async function ensureStorageRoot(settings: StackSettings, image: string): Promise<void> {
  await docker(['run', '--rm', '--network', 'none', '-v', `${settings.storageRoot}:/storage`, image, 'true']);
}

async function rows(args: readonly string[]): Promise<string[][]> {
  return (await docker(args))
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('|'));
}

/** Services without a running task of the wanted image; a count of replicas would take the task about to stop for it. */
async function pendingServices(stack: string): Promise<string[]> {
  const wanted = await rows(['stack', 'services', stack, '--format', '{{.Name}}|{{.Image}}']);
  const shown = '{{.Name}}|{{.Image}}|{{.CurrentState}}';
  const tasks = await rows(['stack', 'ps', stack, '--filter', 'desired-state=running', '--format', shown]);
  return wanted.flatMap(([service = '', image = '']) => {
    const own = tasks.filter(([name = '']) => name.replace(/\.[^.]*$/, '') === service);
    const settled =
      own.length > 0 && own.every(([, of, state = '']) => of === image && state.startsWith('Running'));
    return settled ? [] : [service];
  });
}

async function firstFailure(stack: string): Promise<string> {
  const format = '{{.Name}}: {{.CurrentState}} {{.Error}}';
  const { stdout } = await tryDocker(['stack', 'ps', stack, '--no-trunc', '--format', format]);
  return stdout
    .split('\n')
    .filter((line) => /Failed|Rejected|Pending/.test(line))
    .slice(0, 5)
    .join('\n');
}

/** While one edge takes over from the other, the port is rightly taken for some seconds. */
const PORT_FREE_WITHIN_MS = 20_000;
const PORT_TAKEN = /address already in use|port is already allocated|host-mode port already in use/i;

/** Not worth waiting for: another program has the port, and Swarm tries again for ever. */
async function refuseTakenPort({ name, publicPort }: StackSettings): Promise<void> {
  if (!PORT_TAKEN.test(await firstFailure(name))) return;
  throw new SetupError(
    `Port ${publicPort} is taken on this machine.`,
    `stop what uses it, or choose another one: SAASODOO_HTTP_PORT=8080 npm run demo.`,
  );
}

async function waitUntilReady(settings: StackSettings, note: (text: string) => void): Promise<void> {
  const edge = new EdgeClient(settings);
  const startedAt = Date.now();
  const ready = await poll(
    async () => {
      const pending = await pendingServices(settings.name);
      note(pending.length === 0 ? 'asking the gateway' : `waiting for ${pending.join(', ')}`);
      const edgeWaits = pending.includes(`${settings.name}_edge`);
      if (edgeWaits && Date.now() - startedAt > PORT_FREE_WITHIN_MS) await refuseTakenPort(settings);
      if (pending.length > 0) return undefined;
      const answer = await edge.call('api', '/readyz', { timeoutMs: 2_000 }).catch(() => undefined);
      return answer?.status === 200 ? true : undefined;
    },
    180_000,
    250,
  );
  if (ready) return note('');
  throw new SetupError(
    `The platform did not become ready.\n${await firstFailure(settings.name)}`,
    `look at \`docker stack ps ${settings.name} --no-trunc\` and \`docker service logs ${settings.name}_api-gateway\`.`,
  );
}

export interface DeployOptions {
  /** Versions of Odoo beside those of the catalogue. */
  readonly extraOdooImages?: Readonly<Record<string, OdooImage>>;
  /** Variables of the stack file that are not settings of the site. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Deploys or updates the stack and returns when the gateway answers through the edge. Unchanged services stay as they are. */
export async function deployStack(settings: StackSettings, options: DeployOptions = {}): Promise<void> {
  const found = await stackImages();
  const images = { ...found, odoo: { ...found.odoo, ...options.extraOdooImages } };
  const own = await stackEnvironment(settings, images);
  const store = await objectStoreAddition(settings.name, settings.objectStore);
  const environment = { ...own, ...store.environment, ...options.environment };
  await ensureStorageRoot(settings, images.platform);
  await step('Deploy the stack', () =>
    docker(
      [
        'stack',
        'deploy',
        '--resolve-image',
        'never',
        '--prune',
        ...[STACK_FILE, ...store.files].flatMap((file) => ['-c', inRepository(file)]),
        settings.name,
      ],
      {
        env: environment,
      },
    ),
  );
  await rememberDeployment({ settings, options });
  await step('Platform ready', (note) => waitUntilReady(settings, note));
}
