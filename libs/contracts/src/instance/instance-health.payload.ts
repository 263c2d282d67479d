import { IsIn, IsInt, IsString, IsUUID, Matches, MaxLength, Min } from 'class-validator';

/** What the monitor saw of an instance. */
export class InstanceHealthPayload {
  @IsUUID()
  instance_id!: string;

  /** Number of the entry in the instance's condition history; grows with time, over all instances. */
  @IsInt()
  @Min(1)
  sequence!: number;

  @IsIn(['true', 'false', 'unknown'])
  healthy!: 'true' | 'false' | 'unknown';

  /** Stable CamelCase code, such as `OutOfMemory`. */
  @IsString()
  @Matches(/^[A-Z][A-Za-z]{1,60}$/)
  reason!: string;

  @IsString()
  @MaxLength(2000)
  message!: string;
}
