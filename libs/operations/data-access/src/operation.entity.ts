import type { JsonObject, OperationKind, OperationStatus } from '@saasodoo/operations/domain';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Column, Entity, OneToMany, PrimaryColumn } from 'typeorm';
import { OperationStepEntity } from './operation-step.entity';

/** The table `operation`, read; what a lease is made of (owner, expiry, next attempt) is only ever used in SQL. */
@Entity('operation')
export class OperationEntity {
  @PrimaryColumn('uuid') id!: string;
  /** Order of acceptance; PostgreSQL answers bigint as text. */
  @Column('bigint') position!: string;
  @Column('uuid') instanceId!: string;
  @Column('uuid') customerId!: string;
  @Column('text') kind!: OperationKind;
  @Column('int') generation!: number;
  @Column('jsonb') input!: JsonObject;
  @Column('text') status!: OperationStatus;
  @Column('int') attempt!: number;
  @Column('jsonb', { nullable: true }) error!: ErrorRecord | null;
  @Column('text') correlationId!: string;
  @Column('text', { nullable: true }) traceparent!: string | null;
  @Column('timestamptz', { nullable: true }) cancelRequestedAt!: Date | null;
  @Column('int') sequence!: number;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  @OneToMany(() => OperationStepEntity, (step) => step.operation) steps!: OperationStepEntity[];
}
