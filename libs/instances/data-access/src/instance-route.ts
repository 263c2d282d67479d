import type { BillingStatus, DesiredState, InstanceStatus } from '@saasodoo/instances/domain';

/** What the edge must know to send a request on, or to say why it cannot. */
export interface InstanceRoute {
  readonly instanceId: string;
  readonly name: string;
  readonly status: InstanceStatus;
  readonly desiredState: DesiredState;
  readonly billingStatus: BillingStatus;
  readonly serviceName: string;
  /** What visitors are told of a suspension; null when nothing was said. */
  readonly suspensionMessage: string | null;
  /** Null until the service exists. */
  readonly internalUrl: string | null;
}
