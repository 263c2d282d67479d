import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { SetupError } from '../errors.ts';
import { inState } from '../paths.ts';
import { contentHash, ensureSwarmSecret } from './secrets.ts';

/** How the deployment's backups reach an object store. The secret key is no part of it: it is a secret of the deployment. */
export interface ObjectStoreSettings {
  /** `directory` where only older backups lie in the store. */
  readonly destination: string;
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly region?: string;
  readonly prefix?: string;
  readonly pathStyle?: string;
  readonly pieceMib?: string;
  /** Path of certificates in PEM. */
  readonly caFile?: string;
}

/** What the deployment adds to its stack. */
export interface StackAddition {
  readonly files: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const STACK_FILE = 'infrastructure/stack/object-store.yml';
const PREFIX = 'SAASODOO_BACKUP_S3_';

function given(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === '' ? undefined : value;
}

function needed(name: string): string {
  const value = given(name);
  if (value !== undefined) return value;
  throw new SetupError(
    `${name} is not set, and backups go to an object store.`,
    `set ${PREFIX}ENDPOINT, ${PREFIX}BUCKET, ${PREFIX}ACCESS_KEY and ${PREFIX}SECRET_KEY(_FILE).`,
  );
}

/** What the environment says; `undefined` where it names no object store. Throws SetupError. */
export function objectStoreSettings(): ObjectStoreSettings | undefined {
  const destination = given('SAASODOO_BACKUP_DESTINATION') ?? 'directory';
  if (destination !== 's3' && given(`${PREFIX}ENDPOINT`) === undefined) return undefined;
  const optional = Object.entries({
    region: given(`${PREFIX}REGION`),
    prefix: given(`${PREFIX}PREFIX`),
    pathStyle: given(`${PREFIX}PATH_STYLE`),
    pieceMib: given(`${PREFIX}PIECE_MIB`),
    caFile: given(`${PREFIX}CA_FILE`),
  }).filter(([, value]) => value !== undefined);
  return {
    destination,
    endpoint: needed(`${PREFIX}ENDPOINT`),
    bucket: needed(`${PREFIX}BUCKET`),
    accessKey: needed(`${PREFIX}ACCESS_KEY`),
    ...Object.fromEntries(optional),
  };
}

/** Its secret is in the swarm, and the stack gets what it needs of it. */
export async function objectStoreAddition(
  stack: string,
  settings: ObjectStoreSettings | undefined,
): Promise<StackAddition> {
  if (settings === undefined) return { files: [], environment: {} };
  const secret = await secretKey(stack);
  const hash = contentHash(secret);
  await ensureSwarmSecret(`${stack}_backup_s3_secret_key_${hash}`, secret, stack);
  return {
    files: [STACK_FILE],
    environment: {
      BACKUP_DESTINATION: settings.destination,
      BACKUP_S3_ENDPOINT: settings.endpoint,
      BACKUP_S3_REGION: settings.region ?? '',
      BACKUP_S3_BUCKET: settings.bucket,
      BACKUP_S3_PREFIX: settings.prefix ?? '',
      BACKUP_S3_PATH_STYLE: settings.pathStyle ?? '',
      BACKUP_S3_PIECE_MIB: settings.pieceMib ?? '',
      BACKUP_S3_CA: settings.caFile === undefined ? '' : await readFile(settings.caFile, 'utf8'),
      BACKUP_S3_ACCESS_KEY: settings.accessKey,
      BACKUP_S3_SECRET_KEY_HASH: hash,
    },
  };
}

/** As the environment gives it, which is kept beside the other secrets for whoever deploys without saying it again. */
async function secretKey(stack: string): Promise<string> {
  const folder = inState(stack, 'secrets');
  const path = `${folder}/backup_s3_secret_key`;
  const file = given(`${PREFIX}SECRET_KEY_FILE`);
  const value =
    given(`${PREFIX}SECRET_KEY`) ?? (file === undefined ? undefined : (await readFile(file, 'utf8')).trim());
  if (value === undefined) return existsSync(path) ? readFile(path, 'utf8') : needed(`${PREFIX}SECRET_KEY`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path, value, { mode: 0o600 });
  return value;
}
