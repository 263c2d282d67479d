import { docker, dockerJson, tryDocker } from './docker.ts';
import { SetupError } from './errors.ts';
import { tryRun } from './process.ts';
import { step } from './progress.ts';

interface NetworkPlan {
  readonly name: string;
  /** Tried in this order; the first that overlaps nothing is taken. A /22 carries about a thousand tasks. */
  readonly subnets: readonly string[];
}

export interface NetworkSummary {
  readonly name: string;
  readonly id: string;
  readonly subnet: string;
}

function candidates(firstOctets: readonly number[]): string[] {
  return firstOctets.flatMap((octet) => [0, 64, 128, 192].map((third) => `10.${octet}.${third}.0/22`));
}

/** Names of the two networks of one deployment. */
export interface NetworkNames {
  /** Tenants, the edge and the tenants' database servers. */
  readonly tenantNetwork: string;
  /** What a tenant must never reach. */
  readonly internalNetwork: string;
}

function plansFor({ tenantNetwork, internalNetwork }: NetworkNames): readonly NetworkPlan[] {
  return [
    { name: tenantNetwork, subnets: candidates([20, 120, 220]) },
    { name: internalNetwork, subnets: candidates([21, 121, 221]) },
  ];
}

interface NetworkInspection {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Attachable: boolean;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null };
}

interface Range {
  readonly first: number;
  readonly last: number;
}

export function rangeOf(cidr: string): Range | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(cidr);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1, 5).map(Number);
  const size = 2 ** (32 - Number(match[5] ?? 32));
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}

export function overlaps(one: string, other: string): boolean {
  const a = rangeOf(one);
  const b = rangeOf(other);
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

async function inspectAll(): Promise<NetworkInspection[]> {
  const ids = (await docker(['network', 'ls', '-q', '--no-trunc'])).split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  // A network may vanish between the two calls; what could be inspected is on standard output all the same.
  const result = await tryDocker(['network', 'inspect', ...ids]);
  return JSON.parse(result.stdout) as NetworkInspection[];
}

function subnetsOf(network: NetworkInspection): string[] {
  return (network.IPAM?.Config ?? []).flatMap((config) => config.Subnet ?? []);
}

/** The range a network was made with, so that whoever has to make it anew takes the same; empty when there is none. */
export async function subnetOf(name: string): Promise<string> {
  const network = (await inspectAll()).find((candidate) => candidate.Name === name);
  return (network && subnetsOf(network)[0]) ?? '';
}

async function routedSubnets(): Promise<string[]> {
  const { stdout } = await tryRun('ip', ['-4', 'route', 'show']);
  return stdout
    .split('\n')
    .flatMap((line) => line.split(' ')[0] ?? [])
    .filter((word) => rangeOf(word) !== undefined);
}

function checkExisting(network: NetworkInspection): void {
  if (network.Driver === 'overlay' && network.Attachable) return;
  throw new SetupError(
    `The network ${network.Name} exists, but it is not an attachable overlay network (driver ${network.Driver}).`,
    `remove it with \`docker network rm ${network.Name}\` when nothing uses it, and start again.`,
  );
}

async function create(plan: NetworkPlan, taken: readonly string[]): Promise<string> {
  const subnet = plan.subnets.find((candidate) => !taken.some((used) => overlaps(candidate, used)));
  if (subnet === undefined) {
    throw new SetupError(
      `No free address range is left for the network ${plan.name}; tried ${plan.subnets.join(', ')}.`,
      `create it yourself: \`docker network create -d overlay --attachable --subnet <range> --label saasodoo.managed=true ${plan.name}\`.`,
    );
  }
  await docker([
    'network',
    'create',
    '--driver',
    'overlay',
    '--attachable',
    '--subnet',
    subnet,
    '--label',
    'saasodoo.managed=true',
    plan.name,
  ]);
  return subnet;
}

async function ensureNetwork(plan: NetworkPlan): Promise<NetworkSummary> {
  const all = await inspectAll();
  const existing = all.find((network) => network.Name === plan.name);
  if (existing) {
    checkExisting(existing);
    return { name: plan.name, id: existing.Id, subnet: subnetsOf(existing)[0] ?? '' };
  }
  const subnet = await create(plan, [...all.flatMap(subnetsOf), ...(await routedSubnets())]);
  const created = await dockerJson<NetworkInspection>([
    'network',
    'inspect',
    plan.name,
    '--format',
    '{{json .}}',
  ]);
  return { name: plan.name, id: created.Id, subnet };
}

/** The two overlay networks of the platform, created where they are missing. */
export async function ensureNetworks(names: NetworkNames): Promise<NetworkSummary[]> {
  return step('Overlay networks', async (note) => {
    const networks: NetworkSummary[] = [];
    for (const plan of plansFor(names)) networks.push(await ensureNetwork(plan));
    note(networks.map(({ name, subnet }) => `${name} ${subnet}`).join(', '));
    return networks;
  });
}
