import type { ErrorRecord } from '@saasodoo/kernel';
import type { Condition } from './condition';
import type { DesiredState } from './desired-state';
import type { InstanceStatus } from './instance-status';
import type { OdooImage } from './odoo-image';

export const instanceTypes = ['development', 'staging', 'production'] as const;
export type InstanceType = (typeof instanceTypes)[number];

export const billingStatuses = ['payment_required', 'trial', 'paid'] as const;
export type BillingStatus = (typeof billingStatuses)[number];

/** What is known of an instance from the moment it is asked for. */
export interface NewInstance {
  readonly id: string;
  readonly customerId: string;
  readonly subscriptionId?: string;
  readonly name: string;
  readonly description?: string;
  readonly odooVersion: string;
  readonly instanceType: InstanceType;
  /** Also its subdomain; normalised, see `normaliseDatabaseName`. */
  readonly databaseName: string;
  readonly adminEmail: string;
  /** Number of CPUs, such as 0.5. */
  readonly cpuLimit: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly demoData: boolean;
  /** Odoo language code, such as `de_DE`. */
  readonly language?: string;
  readonly billingStatus: BillingStatus;
  /** Environment variables the customer adds to the service. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly externalUrl: string;
}

/** A customer's Odoo: one service, one database, one directory, one subdomain. Carries no secret. */
export interface Instance extends NewInstance {
  readonly desiredState: DesiredState;
  /** Counts wanted changes, from 1. */
  readonly generation: number;
  /** The last wanted change that was acted on; 0 before the first. */
  readonly observedGeneration: number;
  readonly status: InstanceStatus;
  readonly conditions: readonly Condition[];
  readonly serviceId?: string;
  readonly internalUrl?: string;
  readonly databaseServer?: string;
  readonly databaseRole?: string;
  /** What a suspended instance goes back to. */
  readonly resumeTo?: 'running' | 'stopped';
  /**
   * What it runs, whatever image its version has on the site meanwhile: only an upgrade changes it. Absent before its
   * creation has begun.
   */
  readonly odooImage?: OdooImage;
  /** Of the service as it was deployed; another one means that somebody edited it. */
  readonly serviceFingerprint?: string;
  /** What its directory holds, as it was last measured; absent where nobody measures. */
  readonly storageUsedBytes?: number;
  readonly error?: ErrorRecord;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt?: Date;
  readonly terminatedAt?: Date;
}
