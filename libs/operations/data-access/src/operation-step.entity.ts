import type { JsonObject, StepStatus } from '@saasodoo/operations/domain';
import type { ErrorRecord } from '@saasodoo/kernel';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { OperationEntity } from './operation.entity';

/** The table `operation_step`. */
@Entity('operation_step')
export class OperationStepEntity {
  @PrimaryColumn('uuid') operationId!: string;
  /** From 1. */
  @PrimaryColumn('int') position!: number;
  @Column('text') name!: string;
  @Column('text') status!: StepStatus;
  @Column('int') attempts!: number;
  @Column('text', { nullable: true }) progress!: string | null;
  @Column('jsonb', { nullable: true }) output!: JsonObject | null;
  @Column('jsonb', { nullable: true }) error!: ErrorRecord | null;
  @Column('timestamptz', { nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  @ManyToOne(() => OperationEntity, (operation) => operation.steps)
  @JoinColumn({ name: 'operation_id' })
  operation!: Relation<OperationEntity>;
}
