import { parseArgs } from 'node:util';
import { canInstallPackages, installPackages } from '../apt.ts';
import { runAsScript, SetupError } from '../errors.ts';
import { exists } from '../process.ts';
import { step } from '../progress.ts';
import { cephDown, cephMount, cephStatus, type CephStatus, cephUnmount, cephUp } from './ceph.ts';
import { CLIENTS, clusterName } from './names.ts';
import { objectStoreUp, printObjectStore } from './object-store.ts';

const USAGE =
  'npm run ceph -- up [--object-store [--network NAME]] | down [--purge] | status | mount PATH [--client tenants] | unmount PATH';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string', default: 'dev' },
    client: { type: 'string', default: 'platform' },
    label: { type: 'string', multiple: true, default: [] },
    'object-store': { type: 'boolean', default: false },
    network: { type: 'string' },
    purge: { type: 'boolean', default: false },
  },
});

/** One line each, for people and for `cut`. */
function print({ name, isRunning, mounts }: CephStatus): void {
  process.stdout.write(`\n${name}: ${isRunning ? 'running' : 'stopped'}\n`);
  for (const [mount, path] of Object.entries(mounts)) process.stdout.write(`${mount.padEnd(9)} ${path}\n`);
}

/** Quotas are set and read with getfattr and setfattr, from this machine too when tests run on it. */
async function ensureAttributeTools(): Promise<void> {
  if (!(await exists('getfattr')) && (await canInstallPackages())) await installPackages(['attr']);
}

async function up(name: string): Promise<void> {
  await ensureAttributeTools();
  const started = await step(`Ceph ${name}`, (note) => cephUp(name, values.label, note));
  print(started);
  if (!values['object-store']) return;
  const wish = { name, labels: values.label, network: values.network };
  printObjectStore(await step('Object store', (note) => objectStoreUp(wish, note)));
}

async function mount(name: string, path: string | undefined): Promise<void> {
  const client = CLIENTS.find((known) => known === values.client);
  if (path === undefined || client === undefined) throw unclear();
  const mounted = await step(`Mount ${path}`, (note) => cephMount(name, clusterName(path), client, note));
  process.stdout.write(`\n${mounted}\n`);
}

async function unmount(name: string, path: string | undefined): Promise<void> {
  if (path === undefined) throw unclear();
  await step(`Unmount ${path}`, (note) => cephUnmount(name, clusterName(path), note));
}

function unclear(): SetupError {
  return new SetupError(
    'It is not clear what to do with Ceph.',
    `${USAGE}; --name NAME tells several apart.`,
  );
}

await runAsScript(async () => {
  const name = clusterName(values.name);
  const [command, path] = positionals;
  const commands: Readonly<Record<string, () => Promise<void>>> = {
    up: () => up(name),
    down: () => step(`Ceph ${name} down`, (note) => cephDown(name, values.purge, note)),
    status: async () => (await cephStatus()).forEach(print),
    mount: () => mount(name, path),
    unmount: () => unmount(name, path),
  };
  const work = commands[command ?? ''];
  if (work === undefined) throw unclear();
  await work();
});
