import type { FactoryProvider } from '@nestjs/common';
import { Outbox } from '@saasodoo/messaging';
import { OperationRunner } from '@saasodoo/operations/data-access';
import { hostname } from 'node:os';
import { DataSource } from 'typeorm';
import { ProvisionerConfig } from './app.config';
import { CreateInstanceWorkflow } from './create-instance/create-instance.workflow';
import { TerminateInstanceWorkflow } from './terminate-instance/terminate-instance.workflow';

const SETTLE_MS = 30_000;

/** Carries out the operations of this app's kinds. */
export const operationRunnerProvider: FactoryProvider<OperationRunner> = {
  provide: OperationRunner,
  inject: [ProvisionerConfig, DataSource, Outbox, CreateInstanceWorkflow, TerminateInstanceWorkflow],
  useFactory: (
    config: ProvisionerConfig,
    dataSource: DataSource,
    outbox: Outbox,
    create: CreateInstanceWorkflow,
    terminate: TerminateInstanceWorkflow,
  ) =>
    new OperationRunner(
      { dataSource, outbox, workflows: [create, terminate], owner: `${hostname()}:${process.pid}` },
      {
        concurrency: config.PROVISION_CONCURRENCY,
        leaseMs: config.OPERATION_LEASE_MS,
        // Longer than the engine may take to answer: what is undone must have settled first.
        settleMs: SETTLE_MS,
      },
    ),
};
