import type {
  BillingStatus,
  Condition,
  DesiredState,
  InstanceStatus,
  InstanceType,
  OdooImage,
} from '@saasodoo/instances/domain';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** PostgreSQL answers bigint as text; sizes in bytes stay below 2^53. */
const bytes = { to: (value: number) => value, from: Number };

/** By type, so that one statement can replace one of them. */
export type StoredConditions = Record<string, Omit<Condition, 'type' | 'since'> & { readonly since: string }>;

/** The table `instance`; absent values are null here and absent in the domain. */
@Entity('instance')
@Check('instance_cpu_limit_check', 'cpu_limit > 0')
@Check('instance_memory_bytes_check', 'memory_bytes > 0')
@Check('instance_storage_bytes_check', 'storage_bytes > 0')
@Check('instance_resume_to_check', `resume_to IN ('running', 'stopped')`)
@Index('instance_customer', ['customerId', 'createdAt', 'id'])
export class InstanceEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') customerId!: string;
  @Column('text', { nullable: true }) subscriptionId!: string | null;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text') odooVersion!: string;
  @Column('jsonb', { nullable: true }) odooImage!: OdooImage | null;
  @Column('text') instanceType!: InstanceType;
  @Column('text') databaseName!: string;
  @Column('boolean') nameClaimed!: boolean;
  @Column('text') adminEmail!: string;
  @Column('double precision') cpuLimit!: number;
  @Column('bigint', { transformer: bytes }) memoryBytes!: number;
  @Column('bigint', { transformer: bytes }) storageBytes!: number;
  @Column('boolean') demoData!: boolean;
  @Column('text', { nullable: true }) language!: string | null;
  @Column('text') billingStatus!: BillingStatus;
  @Column('jsonb', { nullable: true }) environment!: Readonly<Record<string, string>> | null;
  @Column('text') desiredState!: DesiredState;
  @Column('int') generation!: number;
  @Column('int') observedGeneration!: number;
  @Column('text') status!: InstanceStatus;
  @Column('jsonb') conditions!: StoredConditions;
  @Column('text', { nullable: true }) serviceId!: string | null;
  @Column('text') serviceName!: string;
  @Column('text', { nullable: true }) internalUrl!: string | null;
  @Column('text') externalUrl!: string;
  @Column('text', { nullable: true }) databaseServer!: string | null;
  @Column('text', { nullable: true }) databaseRole!: string | null;
  @Column('text', { nullable: true }) resumeTo!: 'running' | 'stopped' | null;
  @Column('text', { nullable: true }) serviceFingerprint!: string | null;
  @Column('text', { nullable: true, select: false }) adminPasswordSealed!: string | null;
  @Column('text', { nullable: true, select: false }) databasePasswordSealed!: string | null;
  @Column('jsonb', { nullable: true }) error!: ErrorRecord | null;
  @CreateDateColumn({ type: 'timestamptz' }) createdAt!: Date;
  @UpdateDateColumn({ type: 'timestamptz' }) updatedAt!: Date;
  @Column('timestamptz', { nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) terminatedAt!: Date | null;
}
