/** What the negotiated API version can do. */
export interface EngineCapabilities {
  /** Negotiated, such as `1.41`. */
  readonly apiVersion: string;
  /** Health checks may probe faster while starting (≥ 1.44). Without it pass `healthCheck: 'none'` and probe yourself. */
  readonly startInterval: boolean;
  /** `noNewPrivileges` works for services (≥ 1.44). */
  readonly noNewPrivileges: boolean;
  /** Replicated-job mode leaves no tasks behind (engines from 23.0.2; told by API ≥ 1.43). */
  readonly replicatedJobsSafe: boolean;
}
