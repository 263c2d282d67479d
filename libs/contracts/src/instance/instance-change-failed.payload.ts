import { IsString, Matches } from 'class-validator';
import { InstanceOperationPayload } from './instance-operation.payload';

/** A change could not be carried out; what it had begun was undone where that is possible. */
export class InstanceChangeFailedPayload extends InstanceOperationPayload {
  /** The kind of the operation, such as `start`. */
  @IsString()
  @Matches(/^[a-z-]{1,40}$/)
  kind!: string;

  /** Dotted code of the error; its text is on the operation. */
  @IsString()
  @Matches(/^[a-z0-9_.]{1,100}$/)
  error_code!: string;
}
