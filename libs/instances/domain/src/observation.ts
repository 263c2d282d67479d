/** The service of an instance as the monitor saw it. */
export interface ObservedService {
  readonly id: string;
  /** How many tasks it is meant to have. */
  readonly replicas: number;
  readonly fingerprint: string;
  readonly createdAt: Date;
}

/** The task that runs for an instance, or the newest that tried to. */
export interface ObservedTask {
  readonly id: string;
  /** As Docker Swarm names it. */
  readonly state: string;
  readonly nodeId?: string;
  readonly containerId?: string;
  /** When `state` was reached. */
  readonly since: Date;
}

/** What a task takes of its machine. */
export interface ObservedUsage {
  /** 100 is one whole CPU. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

/** Whether an instance serves; `unknown` while it is not meant to. */
export const healthStates = ['true', 'false', 'unknown'] as const;

export type HealthState = (typeof healthStates)[number];

/** What the monitor last saw of an instance. */
export interface Observation {
  readonly instanceId: string;
  readonly healthy: HealthState;
  /** Stable CamelCase code. */
  readonly reason: string;
  readonly message: string;
  /** When `healthy` and `reason` became what they are; kept by whoever stores it. */
  readonly since: Date;
  /** Absent when the instance has no service. */
  readonly service?: ObservedService;
  readonly task?: ObservedTask;
  /** Tasks that failed within the last ten minutes. */
  readonly failures: number;
  /** Whether the secret that its service uses exists; true when there is no service. */
  readonly secretPresent: boolean;
  /** Whether the tenants' network exists. */
  readonly networkPresent: boolean;
  readonly usage?: ObservedUsage;
  /** When Odoo was last asked; a row that changes in nothing else may lag a minute behind. */
  readonly probedAt?: Date;
  /** What it answered then; absent when nobody did. */
  readonly httpStatus?: number;
  /** As of when all of this is true. */
  readonly observedAt: Date;
}

/** An observation as the monitor states it. */
export type NewObservation = Omit<Observation, 'since'>;
