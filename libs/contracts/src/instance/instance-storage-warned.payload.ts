import { IsIn, IsInt, IsUUID, Min } from 'class-validator';

/** How full the directory of an instance is. */
export class InstanceStorageWarnedPayload {
  @IsUUID()
  instance_id!: string;

  /** The threshold that was reached, in percent; at 100 writes are refused. */
  @IsInt()
  @IsIn([80, 90, 100])
  level!: number;

  @IsInt()
  @Min(0)
  used_bytes!: number;

  @IsInt()
  @Min(1)
  quota_bytes!: number;
}
