import { ApiProperty } from '@nestjs/swagger';
import type { ErrorRecord } from '@saasodoo/kernel';
import {
  type Operation,
  operationKinds,
  operationStatuses,
  type OperationStep,
  stepStatuses,
} from '@saasodoo/operations/domain';
import { timestamp } from '../http/timestamp';

export class ErrorResponse implements ErrorRecord {
  @ApiProperty({ example: 'image.not_found' })
  readonly code!: string;

  @ApiProperty({ description: "In Docker's own words where Docker refused." })
  readonly message!: string;

  @ApiProperty({ required: false, description: 'What to do about it.' })
  readonly hint?: string;

  @ApiProperty({ required: false, type: [String], description: 'The last lines of a container that ended.' })
  readonly log?: readonly string[];
}

export class StepResponse {
  @ApiProperty({ example: 'create-database' })
  readonly name!: string;

  @ApiProperty({ enum: stepStatuses })
  readonly status!: OperationStep['status'];

  @ApiProperty({ description: 'How often it was begun, undoing included.' })
  readonly attempts!: number;

  @ApiProperty({ type: String, nullable: true, description: 'What it is doing or waiting for.' })
  readonly progress!: string | null;

  @ApiProperty({ type: ErrorResponse, nullable: true })
  readonly error!: ErrorResponse | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly ended_at!: string | null;

  static of({ name, status, attempts, progress, error, startedAt, endedAt }: OperationStep): StepResponse {
    return {
      name,
      status,
      attempts,
      progress: progress ?? null,
      error: shownError(error),
      started_at: timestamp(startedAt),
      ended_at: timestamp(endedAt),
    };
  }
}

export class OperationResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid' })
  readonly instance_id!: string;

  @ApiProperty({ enum: operationKinds })
  readonly kind!: Operation['kind'];

  @ApiProperty({ enum: operationStatuses })
  readonly status!: Operation['status'];

  @ApiProperty({ description: "The instance's generation it brings about." })
  readonly generation!: number;

  @ApiProperty({ description: '1, and one more for each time it was put back to be tried again.' })
  readonly attempt!: number;

  @ApiProperty({ description: 'Grows with every change; the id of its server-sent events.' })
  readonly sequence!: number;

  @ApiProperty({ type: [StepResponse], description: 'All of them from the start, in the order they run.' })
  readonly steps!: readonly StepResponse[];

  @ApiProperty({
    type: ErrorResponse,
    nullable: true,
    description: 'Why it failed, was cancelled or is being undone.',
  })
  readonly error!: ErrorResponse | null;

  @ApiProperty()
  readonly correlation_id!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly cancel_requested_at!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly ended_at!: string | null;

  static of(operation: Operation): OperationResponse {
    const { id, kind, status, generation, attempt, sequence } = operation;
    return {
      ...{ id, kind, status, generation, attempt, sequence },
      instance_id: operation.instanceId,
      steps: operation.steps.map((step) => StepResponse.of(step)),
      error: shownError(operation.error),
      correlation_id: operation.correlationId,
      cancel_requested_at: timestamp(operation.cancelRequestedAt),
      created_at: operation.createdAt.toISOString(),
      started_at: timestamp(operation.startedAt),
      ended_at: timestamp(operation.endedAt),
    };
  }
}

/** Of the facts only the instance's own log is shown: others may name nodes and paths of the platform. */
export function shownError(error: ErrorRecord | undefined): ErrorResponse | null {
  if (error === undefined) return null;
  const { code, message, hint, facts } = error;
  const log = facts?.['logTail'];
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(Array.isArray(log) ? { log: log.map(String) } : {}),
  };
}
