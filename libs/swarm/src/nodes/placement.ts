import { type Resources } from '../services/service-spec';
import { isTerminal, type SwarmTask } from '../tasks/swarm-task';
import { type SwarmNode } from './swarm-node';

/** Whether a task could be placed now; `reason` is a sentence fit for a customer's operation. */
export interface Placement {
  readonly fits: boolean;
  readonly reason: string;
  readonly nodeIds: readonly string[];
}

/** Decides as Swarm's scheduler would: ready and active nodes, constraints, and what is left of their reservations. */
export function place(
  wanted: Resources,
  constraints: readonly string[],
  { nodes, tasks }: { readonly nodes: readonly SwarmNode[]; readonly tasks: readonly SwarmTask[] },
): Placement {
  const available = nodes.filter((node) => node.state === 'ready' && node.availability === 'active');
  const allowed = available.filter((node) => constraints.every((constraint) => satisfies(node, constraint)));
  const roomy = allowed.filter((node) => hasRoom(node, wanted, tasks));
  const counts = `${roomy.length} of ${nodes.length} nodes fit: ${available.length} are available, ${allowed.length} of them satisfy the constraints`;
  const reason = `${counts}, ${roomy.length} of those have ${wanted.cpus ?? 0} CPUs and ${wanted.memoryBytes ?? 0} bytes unreserved`;
  return { fits: roomy.length > 0, reason, nodeIds: roomy.map((node) => node.id) };
}

function hasRoom(node: SwarmNode, wanted: Resources, tasks: readonly SwarmTask[]): boolean {
  const here = tasks.filter((task) => task.nodeId === node.id && !isTerminal(task));
  const cpus = here.reduce((sum, task) => sum + task.reservations.cpus, 0);
  const memory = here.reduce((sum, task) => sum + task.reservations.memoryBytes, 0);
  return node.cpus - cpus >= (wanted.cpus ?? 0) && node.memoryBytes - memory >= (wanted.memoryBytes ?? 0);
}

/** `node.labels.zone==a`, `node.role != manager`; values compare without regard to case, as in Swarm. */
function satisfies(node: SwarmNode, constraint: string): boolean {
  const match = /^\s*([^\s=!]+)\s*(==|!=)\s*(.*?)\s*$/.exec(constraint);
  if (match === null) return false;
  const [, key = '', operator, value = ''] = match;
  const equal = (attribute(node, key) ?? '').toLowerCase() === value.toLowerCase();
  return operator === '==' ? equal : !equal;
}

function attribute(node: SwarmNode, key: string): string | undefined {
  const attributes: Readonly<Record<string, string>> = {
    'node.id': node.id,
    'node.hostname': node.hostname,
    'node.role': node.role,
    'node.ip': node.address,
    'node.platform.os': node.operatingSystem,
    'node.platform.arch': node.architecture,
  };
  if (key.startsWith('node.labels.')) return node.labels[key.slice('node.labels.'.length)];
  if (key.startsWith('engine.labels.')) return node.engineLabels[key.slice('engine.labels.'.length)];
  return attributes[key];
}
