import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { docker, tryDocker } from '../docker.ts';
import { SetupError } from '../errors.ts';
import { inRepository, inState } from '../paths.ts';

/** What each secret is made of: passwords and keys that nobody has to remember. */
const SECRETS = {
  control_database_password: () => randomBytes(24).toString('base64url'),
  tenant_database_password: () => randomBytes(24).toString('base64url'),
  rabbitmq_password: () => randomBytes(24).toString('base64url'),
  access_token_key: () => randomBytes(32).toString('base64'),
  encryption_key: () => randomBytes(32).toString('base64'),
  // What the gateway shows to the apps that watch, keep backups and clean up, which answer nobody else.
  monitor_key: () => randomBytes(32).toString('base64'),
  backup_key: () => randomBytes(32).toString('base64'),
  janitor_key: () => randomBytes(32).toString('base64'),
  // Of the first administrator; it passes the rules for passwords whatever is drawn.
  admin_password: () => `${randomBytes(18).toString('base64url')}aA1!`,
} as const;

export type SecretName = keyof typeof SECRETS;

/**
 * A secret of the deployment, made at first use and kept in the state folder: the volumes outlive the swarm, and a
 * database or a sealed column is worth nothing without the secret it was made with.
 */
export async function secretValue(stack: string, name: SecretName): Promise<string> {
  const folder = inState(stack, 'secrets');
  const path = `${folder}/${name}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const value = SECRETS[name]();
  await writeFile(path, value, { mode: 0o600 });
  return value;
}

async function deploymentExists(stack: string): Promise<boolean> {
  const label = `label=com.docker.stack.namespace=${stack}`;
  const volumes = await docker(['volume', 'ls', '-q', '--filter', label]);
  const secrets = await docker(['secret', 'ls', '-q', '--filter', `label=saasodoo.stack=${stack}`]);
  return volumes !== '' || secrets !== '';
}

/** New passwords for old databases would lock the platform out of its own data. */
async function refuseForeignDeployment(stack: string): Promise<void> {
  const folder = inState(stack, 'secrets');
  if (existsSync(folder) || !(await deploymentExists(stack))) return;
  throw new SetupError(
    `There is a deployment called ${stack} on this engine, and its secrets are not in ${folder}.`,
    `copy that folder from the checkout that made it; or delete the deployment with its data: \`npm run down -- --purge\`; ` +
      'or make another one beside it: SAASODOO_STACK=another SAASODOO_HTTP_PORT=8080 npm run demo.',
  );
}

export async function ensureSwarmSecret(name: string, value: string, stack: string): Promise<void> {
  if ((await tryDocker(['secret', 'inspect', name])).code === 0) return;
  const labels = ['--label', 'saasodoo.managed=true', '--label', `saasodoo.stack=${stack}`];
  await docker(['secret', 'create', ...labels, name, '-'], { input: value });
}

export function contentHash(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

/** RabbitMQ's own format: base64(salt ‖ sha256(salt ‖ password)). The salt is derived so that the result is stable. */
function rabbitPasswordHash(password: string): string {
  const salt = createHash('sha256').update(`salt:${password}`).digest().subarray(0, 4);
  const hash = createHash('sha256').update(salt).update(password).digest();
  return Buffer.concat([salt, hash]).toString('base64');
}

/** The broker's topology with the platform's user added: an import at start creates no default user. */
export async function rabbitDefinitions(password: string): Promise<string> {
  const topology = JSON.parse(
    await readFile(inRepository('infrastructure/rabbitmq/definitions.json'), 'utf8'),
  ) as object;
  const user = {
    name: 'saasodoo',
    password_hash: rabbitPasswordHash(password),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
    tags: ['monitoring'],
  };
  // The services only check the topology; the one thing they declare is the exclusive queue of a live stream.
  const permission = { user: 'saasodoo', vhost: '/', configure: '^tap\\..*', write: '.*', read: '.*' };
  return JSON.stringify({ vhosts: [{ name: '/' }], ...topology, users: [user], permissions: [permission] });
}

export interface StackSecrets {
  readonly definitionsHash: string;
}

/** Every secret of the stack exists in the swarm. Secrets are immutable there, so what changes carries a hash. */
export async function ensureSecrets(stack: string): Promise<StackSecrets> {
  await refuseForeignDeployment(stack);
  for (const name of Object.keys(SECRETS) as SecretName[]) {
    await ensureSwarmSecret(`${stack}_${name}`, await secretValue(stack, name), stack);
  }
  const definitions = await rabbitDefinitions(await secretValue(stack, 'rabbitmq_password'));
  const definitionsHash = contentHash(definitions);
  await ensureSwarmSecret(`${stack}_rabbitmq_definitions_${definitionsHash}`, definitions, stack);
  return { definitionsHash };
}
