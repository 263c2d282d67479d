/** What a customer may use, all instances together; what is absent has no limit of its own. */
export interface Quota {
  readonly instances?: number;
  readonly cpus?: number;
  readonly memoryBytes?: number;
}

/** What the instances of a customer use whose name is claimed; PostgreSQL keeps it with every write of an instance. */
export interface Usage {
  readonly instances: number;
  readonly cpus: number;
  readonly memoryBytes: number;
}

export interface CustomerQuota {
  /** What holds: the customer's own limits, and the default's for the others. */
  readonly limits: Quota;
  /** What an admin has set for this customer. */
  readonly own: Quota;
  readonly usage: Usage;
}
