import { type Labels } from '../labels';

/** CPUs in whole or part CPUs (0.5), memory in bytes. */
export interface Resources {
  readonly cpus?: number;
  readonly memoryBytes?: number;
}

export interface ResourceLimits extends Resources {
  /** Most processes and threads in the container. */
  readonly pids?: number;
}

/** A secret as a file in the container; `target` is a name under /run/secrets or an absolute path. */
export interface SecretMount {
  readonly secretId: string;
  readonly secretName: string;
  readonly target: string;
  readonly uid?: string;
  readonly gid?: string;
  /** File mode, such as 0o400 (the default). */
  readonly mode?: number;
}

/** The source must exist on the node: Swarm refuses the task otherwise, and never creates the directory. */
export interface BindMount {
  readonly type: 'bind';
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
}

export interface TmpfsMount {
  readonly type: 'tmpfs';
  readonly target: string;
  readonly sizeBytes?: number;
  readonly mode?: number;
}

export type ServiceMount = BindMount | TmpfsMount;

export interface HealthCheck {
  /** As Docker takes it: `['CMD', …]` or `['CMD-SHELL', '…']`. */
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs?: number;
  /** Interval during the start period; engines below API 1.44 have none and it is reported as dropped. */
  readonly startIntervalMs?: number;
}

export interface RestartPolicy {
  readonly condition: 'any' | 'on-failure' | 'none';
  readonly delayMs?: number;
  /** 0 or absent: without end. */
  readonly maxAttempts?: number;
}

export interface LogDriver {
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
}

/**
 * What a service should be. Everything Swarm knows as nanoseconds is milliseconds here, CPUs are CPUs and memory is bytes.
 * Put no secret into `environment`, `args` or `labels`: all who may list services can read them.
 */
export interface ServiceSpec {
  /** A DNS label of at most 63 characters; can never change. */
  readonly name: string;
  /** Labels of the service: changing them never restarts a task. */
  readonly labels: Labels;
  /** Labels of the containers: changing them restarts the task. */
  readonly containerLabels?: Labels;
  readonly image: string;
  /** Replaces the image's entrypoint. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly hostname?: string;
  readonly workingDirectory?: string;
  readonly secrets?: readonly SecretMount[];
  readonly mounts?: readonly ServiceMount[];
  /** Network ids (not names: Swarm answers 500 for a name it does not know); see `SwarmNetworks.resolve`. */
  readonly networks?: readonly string[];
  readonly limits?: ResourceLimits;
  readonly reservations?: Resources;
  /** Absent: the image decides. `'none'`: the image's own check is switched off. */
  readonly healthCheck?: HealthCheck | 'none';
  /** Below 60,000: Swarm starts the next task after one minute, whether or not the old one ended. */
  readonly stopGracePeriodMs?: number;
  readonly stopSignal?: string;
  readonly init?: boolean;
  /** `uid` or `uid:gid`. */
  readonly user?: string;
  readonly capabilitiesDrop?: readonly string[];
  readonly capabilitiesAdd?: readonly string[];
  /** Engines below API 1.44 cannot do this for services; it is then reported as dropped. */
  readonly noNewPrivileges?: boolean;
  readonly readOnly?: boolean;
  readonly restartPolicy?: RestartPolicy;
  readonly constraints?: readonly string[];
  readonly maxReplicasPerNode?: number;
  readonly endpointMode?: 'vip' | 'dnsrr';
  /** `TaskTemplate.ForceUpdate`: what tells tasks of this revision from older ones. Default 0. */
  readonly revision?: number;
  readonly logDriver?: LogDriver;
  /** Default 1. */
  readonly replicas?: number;
}
