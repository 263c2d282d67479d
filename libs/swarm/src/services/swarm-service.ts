import { type Labels } from '../labels';

/** Names a service, and tells what the engine silently left out of the spec it was created with. */
export interface ServiceRef {
  readonly id: string;
  readonly name: string;
  /** Paths in the engine's spelling, such as `TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges`. */
  readonly dropped: readonly string[];
  /** True when it existed already and carries our label; its spec may then be another one, see `apply`. */
  readonly adopted: boolean;
  readonly revision: number;
  /** As in `SwarmService`. */
  readonly fingerprint: string;
}

/** CPUs in whole or part CPUs, memory in bytes; 0 is none asked for. */
export interface ResourceAmounts {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** A service as Swarm has it now. */
export interface SwarmService {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly image: string;
  readonly replicas: number;
  readonly revision: number;
  /**
   * 32 hexadecimal digits over all that only a restart may change; the same as long as nobody changed it. Revision,
   * replicas and labels of the service do not count.
   */
  readonly fingerprint: string;
  readonly endpointMode: 'vip' | 'dnsrr';
  readonly networkIds: readonly string[];
  /** Names of the secrets its containers are given. */
  readonly secretNames: readonly string[];
  /** Directories of the node that are mounted into its containers. */
  readonly bindSources: readonly string[];
  readonly limits: ResourceAmounts;
  readonly reservations: ResourceAmounts;
  readonly constraints: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an update came to: wait for tasks of `revision`. */
export interface ServiceRevision {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly replicas: number;
  /** As in `SwarmService`, of the spec as it is after the update, whoever wrote it. */
  readonly fingerprint: string;
}
