import { Injectable } from '@nestjs/common';
import {
  InstanceRepository,
  ObservationRepository,
  UnsettledInstances,
} from '@saasodoo/instances/data-access';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { StorageExcuse } from './storage-excuse';

/** What the reconciler reads and writes. */
@Injectable()
export class ReconcilerStores {
  constructor(
    readonly instances: InstanceRepository,
    readonly observations: ObservationRepository,
    readonly operations: OperationRepository,
    readonly unsettled: UnsettledInstances,
    readonly storage: StorageExcuse,
  ) {}
}
