import { IsInt, IsUUID, Min } from 'class-validator';

/** What every message about a change of an instance carries; the facts themselves are read from PostgreSQL. */
export class InstanceOperationPayload {
  @IsUUID()
  operation_id!: string;

  @IsUUID()
  instance_id!: string;

  /** The wanted change it belongs to; a receiver that knows a higher one ignores the message. */
  @IsInt()
  @Min(1)
  generation!: number;
}
