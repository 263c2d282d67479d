import { IsInt, IsString, IsUUID, Matches, Min } from 'class-validator';

/** An operation or one of its steps changed; whoever watches it reads it again. */
export class OperationProgressedPayload {
  @IsUUID()
  operation_id!: string;

  @IsUUID()
  instance_id!: string;

  @IsString()
  @Matches(/^[a-z_]{1,40}$/)
  status!: string;

  /** Grows with every change of the operation, so that a late message is recognised. */
  @IsInt()
  @Min(0)
  sequence!: number;
}
