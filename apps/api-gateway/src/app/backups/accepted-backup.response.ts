import { ApiProperty } from '@nestjs/swagger';
import { OperationResponse } from '../operations/operation.response';
import { BackupResponse } from './backup.response';

/** A backup and the operation that makes it, restores it or removes it. */
export class AcceptedBackupResponse {
  @ApiProperty({ type: BackupResponse })
  readonly backup!: BackupResponse;

  @ApiProperty({ type: OperationResponse })
  readonly operation!: OperationResponse;
}
