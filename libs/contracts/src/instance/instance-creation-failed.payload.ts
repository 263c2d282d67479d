import { IsString, Matches } from 'class-validator';
import { InstanceOperationPayload } from './instance-operation.payload';

/** The instance could not be created and everything made for it was undone. */
export class InstanceCreationFailedPayload extends InstanceOperationPayload {
  /** Dotted code of the error; its text is on the operation. */
  @IsString()
  @Matches(/^[a-z0-9_.]{1,100}$/)
  error_code!: string;
}
