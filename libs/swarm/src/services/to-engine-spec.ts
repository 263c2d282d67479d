import { AppError } from '@saasodoo/kernel';
import { type EngineCapabilities } from '../connection/engine-capabilities';
import { type EngineFields, type EngineSpec, type EngineTaskTemplate } from './engine-spec';
import {
  type HealthCheck,
  type Resources,
  type RestartPolicy,
  type ServiceMount,
  type ServiceSpec,
} from './service-spec';

const NANOSECONDS = 1_000_000;
const NANO_CPUS = 1_000_000_000;
const LONGEST_STOP_MS = 60_000;
const DNS_LABEL = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

/** A policy of the platform, not of a service: it decides about rollbacks itself, and never runs two tasks side by side. */
const UPDATE_CONFIG = {
  Parallelism: 1,
  Delay: 0,
  Order: 'stop-first',
  FailureAction: 'pause',
  Monitor: 10_000 * NANOSECONDS,
  MaxFailureRatio: 0,
};

const DEFAULT_LOG_DRIVER = { name: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } };

/**
 * Spells a spec as the engine takes it, with every sub-field and always in the same shape: an update that adds or drops
 * so much as an empty one restarts the task. Throws `swarm.name_malformed` and `swarm.stop_grace_too_long`.
 */
export function toEngineSpec(spec: ServiceSpec, capabilities: EngineCapabilities): EngineSpec {
  assertName(spec.name);
  return {
    Name: spec.name,
    Labels: { ...spec.labels },
    TaskTemplate: taskTemplate(spec, capabilities),
    Mode: { Replicated: { Replicas: spec.replicas ?? 1 } },
    UpdateConfig: { ...UPDATE_CONFIG },
    RollbackConfig: { ...UPDATE_CONFIG },
    EndpointSpec: { Mode: spec.endpointMode ?? 'dnsrr' },
  };
}

function taskTemplate(spec: ServiceSpec, capabilities: EngineCapabilities): EngineTaskTemplate {
  return {
    ContainerSpec: {
      ...container(spec),
      ...isolation(spec, capabilities),
      ...files(spec),
      ...lifeCycle(spec, capabilities),
    },
    Resources: {
      Limits: { ...resources(spec.limits), Pids: spec.limits?.pids ?? 0 },
      Reservations: resources(spec.reservations),
    },
    RestartPolicy: restartPolicy(spec.restartPolicy),
    Placement: {
      Constraints: [...(spec.constraints ?? [])],
      Preferences: [],
      MaxReplicas: spec.maxReplicasPerNode ?? 0,
    },
    Networks: (spec.networks ?? []).map((id) => ({ Target: id, Aliases: [] })),
    LogDriver: logDriver(spec),
    ForceUpdate: spec.revision ?? 0,
  };
}

function container(spec: ServiceSpec): EngineFields {
  return {
    Image: spec.image,
    Labels: { ...spec.containerLabels },
    Command: [...(spec.command ?? [])],
    Args: [...(spec.args ?? [])],
    Env: Object.entries(spec.environment ?? {}).map(([key, value]) => `${key}=${value}`),
    Hostname: spec.hostname ?? '',
    Dir: spec.workingDirectory ?? '',
    User: spec.user ?? '',
  };
}

function files({ mounts = [], secrets = [] }: ServiceSpec): EngineFields {
  return {
    Mounts: mounts.map(mount),
    Secrets: secrets.map(({ secretId, secretName, target, uid = '0', gid = '0', mode = 0o400 }) => ({
      SecretID: secretId,
      SecretName: secretName,
      File: { Name: target, UID: uid, GID: gid, Mode: mode },
    })),
  };
}

function lifeCycle(spec: ServiceSpec, capabilities: EngineCapabilities): EngineFields {
  return {
    StopSignal: spec.stopSignal ?? '',
    StopGracePeriod: stopGracePeriod(spec) * NANOSECONDS,
    ...(spec.healthCheck === undefined ? {} : { Healthcheck: healthCheck(spec.healthCheck, capabilities) }),
  };
}

function restartPolicy(policy: RestartPolicy = { condition: 'any' }): EngineFields {
  const { condition, delayMs = 5_000, maxAttempts = 0 } = policy;
  return { Condition: condition, Delay: delayMs * NANOSECONDS, MaxAttempts: maxAttempts, Window: 0 };
}

function isolation(spec: ServiceSpec, capabilities: EngineCapabilities): EngineFields {
  return {
    // PID 1 of most images ignores SIGTERM; without an init each stop takes the whole grace period
    Init: spec.init ?? true,
    ReadOnly: spec.readOnly ?? false,
    CapabilityAdd: [...(spec.capabilitiesAdd ?? [])],
    CapabilityDrop: [...(spec.capabilitiesDrop ?? [])],
    ...(capabilities.noNewPrivileges
      ? { Privileges: { NoNewPrivileges: spec.noNewPrivileges ?? false } }
      : {}),
  };
}

function mount(one: ServiceMount): EngineFields {
  if (one.type === 'bind') {
    return { Type: 'bind', Source: one.source, Target: one.target, ReadOnly: one.readOnly ?? false };
  }
  return {
    Type: 'tmpfs',
    Source: '',
    Target: one.target,
    ReadOnly: false,
    TmpfsOptions: { SizeBytes: one.sizeBytes ?? 0, Mode: one.mode ?? 0o1777 },
  };
}

/** The wire says `Healthcheck`; the API's own documents say `HealthCheck`, and sending both merges them. */
function healthCheck(check: HealthCheck | 'none', capabilities: EngineCapabilities): EngineFields {
  if (check === 'none') return { Test: ['NONE'] };
  return {
    Test: [...check.test],
    Interval: check.intervalMs * NANOSECONDS,
    Timeout: check.timeoutMs * NANOSECONDS,
    Retries: check.retries,
    StartPeriod: (check.startPeriodMs ?? 0) * NANOSECONDS,
    ...(capabilities.startInterval ? { StartInterval: (check.startIntervalMs ?? 0) * NANOSECONDS } : {}),
  };
}

/** `NanoCPUs` and `MemoryBytes`, 0 where nothing is asked for. */
export function resources(wanted: Resources | undefined): EngineFields {
  return { NanoCPUs: Math.round((wanted?.cpus ?? 0) * NANO_CPUS), MemoryBytes: wanted?.memoryBytes ?? 0 };
}

function logDriver(spec: ServiceSpec): EngineFields {
  const { name, options } = spec.logDriver ?? DEFAULT_LOG_DRIVER;
  return { Name: name, Options: { ...options } };
}

function stopGracePeriod({ name, stopGracePeriodMs = 10_000 }: ServiceSpec): number {
  if (stopGracePeriodMs < LONGEST_STOP_MS) return stopGracePeriodMs;
  throw AppError.terminal(
    'swarm.stop_grace_too_long',
    `service ${name} wants ${stopGracePeriodMs} ms to stop`,
    {
      hint: 'Stay below 60,000 ms: Swarm then starts the next task while the old one is still running.',
      facts: { stopGracePeriodMs },
    },
  );
}

function assertName(name: string): void {
  if (DNS_LABEL.test(name)) return;
  throw AppError.terminal('swarm.name_malformed', `'${name}' cannot name a service`, {
    hint: 'Use 1 to 63 letters, digits and hyphens, with a letter or digit at both ends.',
    facts: { name, length: name.length },
    httpStatus: 422,
  });
}
