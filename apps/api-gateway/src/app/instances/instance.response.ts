import { ApiProperty } from '@nestjs/swagger';
import {
  type BillingStatus,
  billingStatuses,
  type Condition,
  type DesiredState,
  desiredStates,
  type Instance,
  type InstanceStatus,
  instanceStatuses,
  type InstanceType,
  instanceTypes,
} from '@saasodoo/instances/domain';
import { formatSize } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import { timestamp } from '../http/timestamp';
import { ErrorResponse, OperationResponse, shownError } from '../operations/operation.response';
import { ConditionResponse } from './condition.response';

/** An instance with its newest operation. */
export class InstanceResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  readonly customer_id!: string;

  @ApiProperty({ type: String, nullable: true })
  readonly subscription_id!: string | null;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty({ type: String, nullable: true })
  readonly description!: string | null;

  @ApiProperty({ example: '17.0' })
  readonly odoo_version!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What it runs, until an upgrade changes it; null before its creation has begun.',
    example: 'odoo:17.0',
  })
  readonly odoo_image!: string | null;

  @ApiProperty({ enum: instanceTypes })
  readonly instance_type!: InstanceType;

  @ApiProperty({ enum: instanceStatuses, description: 'What was observed.' })
  readonly status!: InstanceStatus;

  @ApiProperty({ enum: desiredStates, description: 'What is wanted.' })
  readonly desired_state!: DesiredState;

  @ApiProperty({ description: 'Counts wanted changes, from 1.' })
  readonly generation!: number;

  @ApiProperty({ description: 'The last wanted change that was acted on.' })
  readonly observed_generation!: number;

  @ApiProperty({ type: [ConditionResponse], description: 'Explain the status.' })
  readonly conditions!: readonly ConditionResponse[];

  @ApiProperty({ enum: billingStatuses })
  readonly billing_status!: BillingStatus;

  @ApiProperty({ description: 'Also the subdomain.' })
  readonly database_name!: string;

  @ApiProperty({ format: 'email' })
  readonly admin_email!: string;

  @ApiProperty()
  readonly cpu_limit!: number;

  @ApiProperty({ example: '1G' })
  readonly memory_limit!: string;

  @ApiProperty({ example: '10G' })
  readonly storage_limit!: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Bytes of its files, as of some seconds ago; null where the storage enforces no limit.',
  })
  readonly storage_used_bytes!: number | null;

  @ApiProperty()
  readonly demo_data!: boolean;

  @ApiProperty({ type: String, nullable: true })
  readonly language!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "Docker's id of the service, once there is one.",
  })
  readonly service_id!: string | null;

  @ApiProperty({ example: 'odoo-testdb-0199c2a1' })
  readonly service_name!: string;

  @ApiProperty({ example: 'http://testdb.localhost' })
  readonly external_url!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where the edge finds it, once there is a service.',
  })
  readonly internal_url!: string | null;

  @ApiProperty({ type: ErrorResponse, nullable: true })
  readonly error!: ErrorResponse | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly updated_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly terminated_at!: string | null;

  @ApiProperty({ type: OperationResponse, nullable: true, description: 'The newest one.' })
  readonly operation!: OperationResponse | null;

  static of(instance: Instance, operation: Operation | undefined): InstanceResponse {
    const { id, name, status, generation, conditions } = instance;
    return {
      ...{ id, name, status, generation },
      customer_id: instance.customerId,
      subscription_id: instance.subscriptionId ?? null,
      description: instance.description ?? null,
      odoo_version: instance.odooVersion,
      odoo_image: instance.odooImage?.image ?? null,
      instance_type: instance.instanceType,
      desired_state: instance.desiredState,
      observed_generation: instance.observedGeneration,
      conditions: conditions.map(toCondition),
      billing_status: instance.billingStatus,
      database_name: instance.databaseName,
      admin_email: instance.adminEmail,
      ...limitsOf(instance),
      demo_data: instance.demoData,
      language: instance.language ?? null,
      ...whereabouts(instance),
      error: shownError(instance.error),
      created_at: instance.createdAt.toISOString(),
      updated_at: instance.updatedAt.toISOString(),
      started_at: timestamp(instance.startedAt),
      terminated_at: timestamp(instance.terminatedAt),
      operation: operation === undefined ? null : OperationResponse.of(operation),
    };
  }
}

type Limits = Pick<InstanceResponse, 'cpu_limit' | 'memory_limit' | 'storage_limit' | 'storage_used_bytes'>;

function limitsOf({ cpuLimit, memoryBytes, storageBytes, storageUsedBytes }: Instance): Limits {
  return {
    cpu_limit: cpuLimit,
    memory_limit: formatSize(memoryBytes),
    storage_limit: formatSize(storageBytes),
    storage_used_bytes: storageUsedBytes ?? null,
  };
}

type Whereabouts = Pick<InstanceResponse, 'service_id' | 'service_name' | 'external_url' | 'internal_url'>;

function whereabouts({ serviceId, serviceName, externalUrl, internalUrl }: Instance): Whereabouts {
  return {
    service_id: serviceId ?? null,
    service_name: serviceName,
    external_url: externalUrl,
    internal_url: internalUrl ?? null,
  };
}

function toCondition({ since, ...condition }: Condition): ConditionResponse {
  return { ...condition, since: since.toISOString() };
}
