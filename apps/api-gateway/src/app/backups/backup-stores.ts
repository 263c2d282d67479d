import { Inject, Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { OperationRepository } from '@saasodoo/operations/data-access';

/** What requests about backups read and write. */
@Injectable()
export class BackupStores {
  constructor(
    @Inject(BackupRepository) readonly backups: BackupRepository,
    @Inject(InstanceRepository) readonly instances: InstanceRepository,
    @Inject(OperationRepository) readonly operations: OperationRepository,
  ) {}
}
