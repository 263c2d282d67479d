import { InstanceEntity } from '@saasodoo/instances/data-access';
import { Outbox, OutboxSignal } from '@saasodoo/messaging';
import {
  OperationEntity,
  OperationRunner,
  type OperationRunnerOptions,
  OperationStepEntity,
} from '@saasodoo/operations/data-access';
import { createDataSource } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import { type Interference, toyWorkflows } from './toy-workflows';

export const entities = [InstanceEntity, OperationEntity, OperationStepEntity];

/** Quick enough for tests, slow enough that a busy machine does not lose a lease. */
export const quick: Partial<OperationRunnerOptions> = {
  pollMs: 50,
  leaseMs: 3_000,
  retryFirstMs: 20,
  retryMaxMs: 100,
  settleMs: 200,
  graceMs: 5_000,
};

/** A runner of the toy workflows on a data source of the caller's. */
export function toyRunner(
  dataSource: DataSource,
  interfere?: Interference,
  options: Partial<OperationRunnerOptions> = {},
): OperationRunner {
  const outbox = new Outbox('toy', new OutboxSignal(dataSource));
  const workflows = toyWorkflows(dataSource, interfere);
  return new OperationRunner(
    { dataSource, outbox, workflows, owner: `test-${process.pid}` },
    { ...quick, ...options },
  );
}

/** A data source of its own, as another process has it. */
export async function connect(url: string): Promise<DataSource> {
  return createDataSource({ url, poolSize: 5, applicationName: 'toy', entities }).initialize();
}
