import type { Instance } from '@saasodoo/instances/domain';
import type { ErrorRecord } from '@saasodoo/kernel';
import type { Placement, SwarmNode, SwarmService, SwarmTask } from '@saasodoo/swarm';

/** An operation that has not ended. */
export interface OperationFact {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  /** The step that runs or has failed. */
  readonly step?: string;
  readonly progress?: string;
  readonly error?: string;
}

/** `unknown`: nobody could look. */
export interface DatabaseFact {
  readonly state: 'fine' | 'server_down' | 'missing' | 'refused' | 'unknown';
  readonly server?: string;
  readonly detail?: string;
}

/** `unknown`: nobody could look. */
export interface DirectoryFact {
  readonly path?: string;
  readonly state: 'present' | 'missing' | 'unknown';
  /** Why nothing can be written to the storage that it is on. */
  readonly trouble?: ErrorRecord;
}

export interface NetworkFact {
  readonly name: string;
  /** Also that the service is in this one, and not in one of the same name that is gone. */
  readonly present: boolean;
  readonly capacity?: { readonly usable: number; readonly used: number };
}

export interface HttpFact {
  /** Whether there was anybody to ask. */
  readonly asked: boolean;
  /** Absent when nobody answered. */
  readonly status?: number;
  /** Whether this task's Odoo has answered at any time. */
  readonly answeredBefore: boolean;
}

/** All that is known of an instance at one moment, from everybody who knows something. */
export interface DiagnosisFacts {
  readonly instance: Instance;
  readonly operation?: OperationFact;
  readonly service?: SwarmService;
  /** Newest first, those that ended included. */
  readonly tasks: readonly SwarmTask[];
  /** Whether the newest task that failed was killed for want of memory. */
  readonly outOfMemory: boolean;
  /** The last line that a container wrote. */
  readonly lastLine?: string;
  readonly nodes: readonly SwarmNode[];
  readonly constraints: readonly string[];
  /** Whether its reservations fit on some node now; absent when there is no service. */
  readonly placement?: Placement;
  /** The image that the site offers under the instance's version. */
  readonly image?: string;
  readonly directory: DirectoryFact;
  /** Whether the secret with its configuration exists, and those that its service names. */
  readonly missingSecrets: readonly string[];
  readonly network: NetworkFact;
  readonly database: DatabaseFact;
  readonly http: HttpFact;
  /** How long Odoo may take to its first answer. */
  readonly startMs: number;
  readonly checkedAt: Date;
}
