import { docker, tryDocker } from '../docker.ts';
import { SetupError } from '../errors.ts';
import { withLock } from '../lock.ts';
import { inState } from '../paths.ts';
import { poll } from '../process.ts';
import type { Note } from '../progress.ts';
import { isRunning, labelArguments } from './cluster.ts';
import { ensureCephImage } from './image.ts';
import { clusterContainer, OBJECT_STORE_PORT, objectStoreContainer } from './names.ts';

/** Its first start makes the pools. */
const READY_WITHIN_MS = 120_000;
const USER = 'saasodoo';
const BUCKET = 'saasodoo-backups';
const INSIDE = `http://127.0.0.1:${OBJECT_STORE_PORT}`;

export interface ObjectStoreWish {
  /** Of a cluster that runs. */
  readonly name: string;
  /** Further labels of its container. */
  readonly labels: readonly string[];
  /** One more network that it can be reached in, under the name of the cluster's container, with hyphens for dots. */
  readonly network?: string | undefined;
}

export interface ObjectStore {
  /** As this machine reaches it. */
  readonly endpoint: string;
  /** As containers in the network do. */
  readonly networkEndpoint?: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The object store of a running cluster answers, with a user and a bucket for backups; what is there already stays. */
export async function objectStoreUp(wish: ObjectStoreWish, note: Note): Promise<ObjectStore> {
  const image = await ensureCephImage(note);
  return withLock(inState('ceph.lock'), async () => {
    const cluster = clusterContainer(wish.name);
    const endpoint = await endpointOf(wish.name);
    await ensureGateway(wish, image, note);
    note('its user and bucket');
    const keys = await ensureUser(cluster);
    await ensureBucket(cluster, keys);
    const store = { endpoint, bucket: BUCKET, ...keys };
    if (wish.network === undefined) return store;
    return { ...store, networkEndpoint: await joinNetwork(cluster, wish.network) };
  });
}

/** Its objects are in the cluster and stay as long as that does. */
export async function removeObjectStore(name: string): Promise<void> {
  const container = objectStoreContainer(name);
  await tryDocker(['stop', '--time', '5', container]);
  await tryDocker(['rm', '--force', '--volumes', container]);
}

/** As settings of a deployment, for people and for `export`. */
export function printObjectStore(store: ObjectStore): void {
  const lines = {
    endpoint: store.endpoint,
    ...(store.networkEndpoint === undefined ? {} : { 'network-endpoint': store.networkEndpoint }),
    bucket: store.bucket,
    'access-key': store.accessKey,
    'secret-key': store.secretKey,
  };
  for (const [name, value] of Object.entries(lines)) process.stdout.write(`${name.padEnd(16)} ${value}\n`);
}

async function endpointOf(name: string): Promise<string> {
  const { code, stdout } = await tryDocker(['port', clusterContainer(name), String(OBJECT_STORE_PORT)]);
  const [address] = stdout.trim().split('\n');
  if (code === 0 && address !== undefined && address !== '') return `http://${address}`;
  throw new SetupError(
    `The cluster ${name} was started without a port for its object store.`,
    `take it down and start it again, its files stay: \`npm run ceph -- down --name ${name}\`.`,
  );
}

/** One that was started beside an earlier container of the cluster answers nobody. */
async function answers(container: string): Promise<boolean> {
  if (!(await isRunning(container))) return false;
  return (
    (await tryDocker(['exec', container, 'curl', '-sf', '-m', '5', '-o', '/dev/null', INSIDE])).code === 0
  );
}

async function ensureGateway({ name, labels }: ObjectStoreWish, image: string, note: Note): Promise<void> {
  const [container, cluster] = [objectStoreContainer(name), clusterContainer(name)];
  if (await answers(container)) return;
  await removeObjectStore(name);
  note('starting the gateway');
  await docker([
    ...['run', '--detach', '--init', '--name', container],
    ...['--network', `container:${cluster}`, '--volumes-from', cluster],
    ...['--log-opt', 'max-size=5m', '--log-opt', 'max-file=2'],
    ...labelArguments(name, labels),
    ...[image, '/usr/local/lib/saasodoo/object-store.sh'],
  ]);
  const ready = await poll(async () => (await answers(container)) || undefined, READY_WITHIN_MS);
  if (ready === true) return;
  const { output } = await tryDocker(['logs', '--tail', '40', container]);
  throw new SetupError(
    `The object store did not become ready:\n${output}`,
    `look at its log above; \`npm run ceph -- down --name ${name} --purge\` clears it away.`,
  );
}

type Keys = Pick<ObjectStore, 'accessKey' | 'secretKey'>;

async function ensureUser(cluster: string): Promise<Keys> {
  const admin = ['exec', cluster, 'radosgw-admin', 'user'];
  const known = await tryDocker([...admin, 'info', `--uid=${USER}`]);
  const user =
    known.code === 0
      ? known.stdout
      : await docker([...admin, 'create', `--uid=${USER}`, `--display-name=${USER}`]);
  const { keys } = JSON.parse(user) as { keys: { access_key: string; secret_key: string }[] };
  const [first] = keys;
  if (first === undefined)
    throw new SetupError(`The user ${USER} of the object store has no key.`, 'purge it.');
  return { accessKey: first.access_key, secretKey: first.secret_key };
}

/** Made again it stays as it is. */
async function ensureBucket(cluster: string, { accessKey, secretKey }: Keys): Promise<void> {
  const signed = ['--aws-sigv4', 'aws:amz:default:s3', '--user', `${accessKey}:${secretKey}`];
  await docker(['exec', cluster, 'curl', '-sfS', ...signed, '-X', 'PUT', `${INSIDE}/${BUCKET}`]);
}

/** Answers its address there. A name that ends in a dot and digits would be taken for an address of numbers: hence no dots. */
async function joinNetwork(cluster: string, network: string): Promise<string> {
  const alias = cluster.replaceAll('.', '-');
  const joined = await docker(['inspect', '--format', '{{json .NetworkSettings.Networks}}', cluster]);
  if (!(network in (JSON.parse(joined) as object))) {
    await docker(['network', 'connect', '--alias', alias, network, cluster]);
  }
  return `http://${alias}:${OBJECT_STORE_PORT}`;
}
