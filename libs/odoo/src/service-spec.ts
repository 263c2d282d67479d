/**
 * What Odoo needs to run as a service, in the words of the Swarm library's own specification, whose shape this is: the two
 * libraries do not know each other, an app hands one's value to the other.
 */
export interface OdooServiceSpec {
  readonly name: string;
  readonly labels: Labels;
  readonly containerLabels: Labels;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretFile[];
  readonly mounts: readonly (BindMount | TmpfsMount)[];
  readonly networks: readonly string[];
  readonly limits: ContainerLimits & { readonly pids: number };
  readonly reservations: ContainerLimits;
  readonly healthCheck: HealthCheck | 'none';
  readonly stopGracePeriodMs: number;
  readonly stopSignal: string;
  readonly init: boolean;
  readonly user: string;
  readonly capabilitiesDrop: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly restartPolicy: { readonly condition: 'any' | 'none'; readonly delayMs?: number };
  readonly constraints: readonly string[];
  readonly endpointMode: 'vip' | 'dnsrr';
  readonly revision: number;
  readonly logDriver: { readonly name: string; readonly options: Readonly<Record<string, string>> };
  readonly replicas: 1;
}

export type Labels = Readonly<Record<string, string>>;

/** CPUs in whole or part CPUs (0.5), memory in bytes. */
export interface ContainerLimits {
  readonly cpus: number;
  readonly memoryBytes: number;
}

export interface SecretFile {
  readonly secretId: string;
  readonly secretName: string;
  readonly target: string;
  readonly uid: string;
  readonly gid: string;
  readonly mode: number;
}

export interface BindMount {
  readonly type: 'bind';
  readonly source: string;
  readonly target: string;
}

export interface TmpfsMount {
  readonly type: 'tmpfs';
  readonly target: string;
  readonly sizeBytes: number;
  readonly mode: number;
}

export interface HealthCheck {
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
}
