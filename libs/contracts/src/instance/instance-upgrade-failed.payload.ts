import { IsString } from 'class-validator';
import { InstanceOperationPayload } from './instance-operation.payload';

export class InstanceUpgradeFailedPayload extends InstanceOperationPayload {
  @IsString()
  error_code!: string;
}
