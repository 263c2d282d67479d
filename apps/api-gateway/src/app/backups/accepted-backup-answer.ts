import type { Backup } from '@saasodoo/backups/domain';
import type { Operation } from '@saasodoo/operations/domain';
import type { Answer } from '../http/answer';
import { OperationResponse } from '../operations/operation.response';
import type { AcceptedBackupResponse } from './accepted-backup.response';
import { BackupResponse } from './backup.response';

/** 202: it is written down and will be done; `Location` says where to watch it. */
export function acceptedBackupAnswer(backup: Backup, operation: Operation): Answer<AcceptedBackupResponse> {
  return {
    status: 202,
    headers: { location: `/instance/operations/${operation.id}` },
    body: { backup: BackupResponse.of(backup), operation: OperationResponse.of(operation) },
  };
}
