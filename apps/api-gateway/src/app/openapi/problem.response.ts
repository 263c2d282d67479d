import { ApiProperty } from '@nestjs/swagger';
import type { ErrorFacts } from '@saasodoo/kernel';
import type { FieldError, Problem } from '../http/problem';

export class FieldErrorResponse implements FieldError {
  @ApiProperty({ example: 'database_name' })
  readonly field!: string;

  @ApiProperty({ example: 'database_name.reserved', description: 'Stable.' })
  readonly code!: string;

  @ApiProperty()
  readonly detail!: string;
}

/** RFC 9457. */
export class ProblemResponse implements Problem {
  @ApiProperty({ example: 'about:blank' })
  readonly type!: string;

  @ApiProperty({ example: 'Unprocessable Entity' })
  readonly title!: string;

  @ApiProperty({ example: 422 })
  readonly status!: number;

  @ApiProperty({ description: 'What is wrong, for a human.' })
  readonly detail!: string;

  @ApiProperty({ example: 'request.invalid', description: 'What is wrong, for a machine. Stable.' })
  readonly code!: string;

  @ApiProperty({ required: false, description: 'What to do about it.' })
  readonly hint?: string;

  @ApiProperty({ type: [FieldErrorResponse], required: false })
  readonly errors?: readonly FieldErrorResponse[];

  @ApiProperty({ type: Object, required: false })
  readonly facts?: ErrorFacts;

  @ApiProperty({ description: 'The path that was asked for.' })
  readonly instance!: string;

  @ApiProperty({ description: 'Name it when you ask for help.' })
  readonly correlation_id!: string;
}
