import type {
  NewObservation,
  ObservedService,
  ObservedTask,
  ObservedUsage,
} from '@saasodoo/instances/domain';
import type { SwarmService, SwarmSnapshot, SwarmTask } from '@saasodoo/swarm';
import type { InstanceHealth } from './judge-instance';
import type { ProbeResult } from './probe-result';

export interface Seen {
  readonly instanceId: string;
  readonly health: InstanceHealth;
  readonly service: SwarmService | undefined;
  readonly failures: number;
  readonly usage: ObservedUsage | undefined;
  readonly probe: ProbeResult | undefined;
}

/** As the contract of the events has it. */
const LONGEST_MESSAGE = 2_000;

export function toObservation(
  { instanceId, health, service, failures, usage, probe }: Seen,
  snapshot: Pick<SwarmSnapshot, 'secretNames' | 'networks'>,
  { network, observedAt }: { readonly network: string; readonly observedAt: Date },
): NewObservation {
  const { healthy, reason, message, task } = health;
  return {
    instanceId,
    healthy,
    reason,
    message: message.slice(0, LONGEST_MESSAGE),
    ...(service === undefined ? {} : { service: observedService(service) }),
    ...(task === undefined ? {} : { task: observedTask(task) }),
    failures,
    secretPresent: service?.secretNames.every((name) => snapshot.secretNames.has(name)) ?? true,
    networkPresent: isNetworkPresent(service, snapshot, network),
    ...(usage === undefined ? {} : { usage }),
    ...(probe === undefined ? {} : { probedAt: probe.probedAt }),
    ...(probe?.status === undefined ? {} : { httpStatus: probe.status }),
    observedAt,
  };
}

/** Whether anything differs that somebody would act on; what is measured again and again does not count. */
export function isSameSight(one: NewObservation, other: NewObservation): boolean {
  return stable(one) === stable(other);
}

function stable({ observedAt: _at, usage: _usage, probedAt: _probed, ...rest }: NewObservation): string {
  return JSON.stringify(
    Object.entries(rest).sort(([a], [b]) => a.localeCompare(b)),
    sorted,
  );
}

/** Rows come back from PostgreSQL with their fields in another order. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));
}

function observedService({ id, replicas, fingerprint, createdAt }: SwarmService): ObservedService {
  return { id, replicas, fingerprint, createdAt };
}

function observedTask({ id, state, nodeId, containerId, stateSince }: SwarmTask): ObservedTask {
  return {
    id,
    state,
    ...(nodeId === undefined ? {} : { nodeId }),
    ...(containerId === undefined ? {} : { containerId }),
    since: stateSince,
  };
}

/** A network that was removed and made anew has another id: a service of before is in none. */
function isNetworkPresent(
  service: SwarmService | undefined,
  { networks }: Pick<SwarmSnapshot, 'networks'>,
  name: string,
): boolean {
  const there = new Set(networks.map(({ id }) => id));
  if (service !== undefined && service.networkIds.length > 0)
    return service.networkIds.every((id) => there.has(id));
  return networks.some((network) => network.name === name);
}
