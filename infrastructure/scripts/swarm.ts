import { docker, dockerJson, tryDocker } from './docker.ts';
import { runAsScript, SetupError } from './errors.ts';
import { ensureNetworks } from './networks.ts';
import { isMain } from './paths.ts';
import { poll, run } from './process.ts';
import { step } from './progress.ts';
import { siteSettings } from './stack/settings.ts';

export { ensureNetworks } from './networks.ts';
export type { NetworkNames, NetworkSummary } from './networks.ts';

/** How many ended tasks of a service Swarm keeps: enough to explain a failure, few enough for cheap snapshots. */
const TASK_HISTORY = 3;
const TENANT_LABEL = 'saasodoo.tenants';

interface SwarmState {
  readonly LocalNodeState: 'inactive' | 'pending' | 'active' | 'error' | 'locked';
  readonly ControlAvailable: boolean;
  readonly Error?: string;
  readonly NodeID: string;
  readonly Nodes?: number;
  readonly Cluster?: {
    readonly ID: string;
    readonly Spec: { readonly Orchestration: { readonly TaskHistoryRetentionLimit?: number } };
  };
}

export interface SwarmSummary {
  readonly nodeId: string;
  readonly nodes: number;
}

function swarmState(): Promise<SwarmState> {
  return dockerJson<SwarmState>(['info', '--format', '{{json .Swarm}}']);
}

/** An engine that has just started needs a moment before it knows itself as a manager again. */
async function settledState(): Promise<SwarmState> {
  const settled = await poll(async () => {
    const state = await swarmState();
    return state.LocalNodeState === 'pending' ? undefined : state;
  }, 30_000);
  return settled ?? swarmState();
}

function advertiseAddress(): string {
  // One node needs no address that others can reach; a real cluster is set up by its operator, or names one here.
  return process.env['SAASODOO_ADVERTISE_ADDR'] ?? '127.0.0.1';
}

async function initialise(extra: readonly string[] = []): Promise<void> {
  await docker([
    'swarm',
    'init',
    '--advertise-addr',
    advertiseAddress(),
    '--task-history-limit',
    String(TASK_HISTORY),
    ...extra,
  ]);
}

async function leaderAnswers(): Promise<boolean> {
  // After a restart a single manager elects itself within seconds; only a lasting silence is a lost quorum.
  const found = await poll(
    async () =>
      (await tryDocker(['node', 'ls', '-q'], { timeoutMs: 10_000 })).code === 0 ? true : undefined,
    20_000,
    500,
  );
  return found === true;
}

const LEAVE_ADVICE =
  'if this machine is meant to be a node of its own, run `docker swarm leave --force` and start again ' +
  '(services are created anew; databases, files and backups are kept).';

/** A lone manager whose raft state or certificate is broken can start a new cluster from what it holds. */
async function recover(state: SwarmState): Promise<void> {
  const result = await tryDocker(
    ['swarm', 'init', '--force-new-cluster', '--advertise-addr', advertiseAddress()],
    { timeoutMs: 60_000 },
  );
  if (result.code === 0) return;
  throw new SetupError(
    `The swarm on this machine is broken: ${state.Error || result.output.trim()}`,
    LEAVE_ADVICE,
  );
}

async function makeManager(state: SwarmState): Promise<void> {
  switch (state.LocalNodeState) {
    case 'inactive':
      return initialise();
    case 'locked':
      throw new SetupError(
        'The swarm on this machine is locked.',
        `run \`docker swarm unlock\` with its key and start again; ${LEAVE_ADVICE}`,
      );
    case 'error':
      return recover(state);
    case 'pending':
      throw new SetupError(
        `This node is still joining a swarm: ${state.Error ?? 'no manager answers'}`,
        LEAVE_ADVICE,
      );
    case 'active':
      break;
  }
  if (!state.ControlAvailable) {
    throw new SetupError(
      'This node is a worker of a swarm, and only managers can be asked for services.',
      `run the command on a manager; ${LEAVE_ADVICE}`,
    );
  }
  if (await leaderAnswers()) return;
  throw new SetupError(
    'The swarm has no leader: too few of its managers are reachable.',
    'start the missing managers. When they are lost for good, run ' +
      '`docker swarm init --force-new-cluster --advertise-addr <address of this node>` here, which keeps all services, and start again.',
  );
}

async function tuneCluster(state: SwarmState): Promise<void> {
  if (state.Cluster?.Spec.Orchestration.TaskHistoryRetentionLimit === TASK_HISTORY) return;
  await docker(['swarm', 'update', '--task-history-limit', String(TASK_HISTORY)]);
}

async function labelLoneNode(state: SwarmState): Promise<void> {
  // Where there are several nodes, which of them carry customers is the operator's choice.
  if (state.Nodes !== 1) return;
  const label = await docker([
    'node',
    'inspect',
    state.NodeID,
    '--format',
    `{{index .Spec.Labels "${TENANT_LABEL}"}}`,
  ]);
  if (label !== 'true') await docker(['node', 'update', '--label-add', `${TENANT_LABEL}=true`, state.NodeID]);
}

/** This engine as a manager of a swarm that has a leader; a one-node swarm is initialised when there is none. */
export async function ensureSwarm(): Promise<SwarmSummary> {
  return step('Docker Swarm', async (note) => {
    await makeManager(await settledState());
    const state = await swarmState();
    await tuneCluster(state);
    await labelLoneNode(state);
    const nodes = state.Nodes ?? 1;
    note(`${nodes} node${nodes === 1 ? '' : 's'}`);
    return { nodeId: state.NodeID, nodes };
  });
}

export type EndpointMode = 'vip' | 'dnsrr';

/** Virtual IPs need IPVS in the kernel of the nodes; without it a service name resolves and nothing passes. */
export async function endpointMode(): Promise<EndpointMode> {
  if (process.platform !== 'linux') return 'vip';
  const probe =
    'test -e /proc/net/ip_vs || modprobe ip_vs 2>/dev/null; test -e /proc/net/ip_vs && echo vip || echo dnsrr';
  return (await run('sh', ['-c', probe])) === 'vip' ? 'vip' : 'dnsrr';
}

if (isMain(import.meta)) {
  await runAsScript(async () => {
    await ensureSwarm();
    await ensureNetworks(siteSettings());
  });
}
