import type { Instance } from './instance';

/** An instance as far as the monitor must know it, and what is being done to it. */
export interface WatchedInstance extends Pick<
  Instance,
  | 'id'
  | 'status'
  | 'desiredState'
  | 'generation'
  | 'odooVersion'
  | 'serviceName'
  | 'serviceId'
  | 'internalUrl'
  | 'error'
> {
  /** Kind of the operation that changes it right now. */
  readonly underway?: string;
}
