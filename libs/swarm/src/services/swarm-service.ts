import { type Labels } from '../labels';

/** Names a service, and tells what the engine silently left out of the spec it was created with. */
export interface ServiceRef {
  readonly id: string;
  readonly name: string;
  /** Paths in the engine's spelling, such as `TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges`. */
  readonly dropped: readonly string[];
  /** True when it existed already and carries our label. */
  readonly adopted: boolean;
  readonly revision: number;
}

/** A service as Swarm has it now. */
export interface SwarmService {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly image: string;
  readonly replicas: number;
  readonly revision: number;
  readonly endpointMode: 'vip' | 'dnsrr';
  readonly networkIds: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an update came to: wait for tasks of `revision`. */
export interface ServiceRevision {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly replicas: number;
}
