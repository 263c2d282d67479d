import type { FactoryProvider } from '@nestjs/common';
import { IdentityPruner } from '@saasodoo/identity/data-access';
import { HistoryPruner } from '@saasodoo/instances/data-access';
import { MessagePruner } from '@saasodoo/messaging';
import { OperationPruner } from '@saasodoo/operations/data-access';
import { DataSource } from 'typeorm';
import { JanitorConfig } from '../app.config';
import { TombstoneRepository } from '../reap/tombstone.repository';
import { RunRepository } from '../runs/run.repository';
import type { Pruner } from './pruner';

export const PRUNERS = Symbol('pruners');

/** What is forgotten, and after how long. The audit log is kept. */
export const prunersProvider: FactoryProvider<readonly Pruner[]> = {
  provide: PRUNERS,
  inject: [JanitorConfig, DataSource, TombstoneRepository, RunRepository],
  useFactory: (
    config: JanitorConfig,
    dataSource: DataSource,
    tombstones: TombstoneRepository,
    runs: RunRepository,
  ) => [
    ...pruners(config, dataSource),
    {
      table: 'tombstone',
      prune: (limit: number) => tombstones.prune(config.JANITOR_KEEP_TOMBSTONES_DAYS, limit),
    },
    { table: 'janitor_run', prune: (limit: number) => runs.prune(config.JANITOR_KEEP_HISTORY_DAYS, limit) },
  ],
};

function pruners(config: JanitorConfig, dataSource: DataSource): Pruner[] {
  const messages = new MessagePruner(dataSource);
  const identity = new IdentityPruner(dataSource);
  const history = new HistoryPruner(dataSource);
  const operations = new OperationPruner(dataSource);
  const { JANITOR_KEEP_HISTORY_DAYS: historyDays } = config;
  return [
    { table: 'outbox_archive', prune: (limit) => messages.pruneSent(config.JANITOR_KEEP_SENT_DAYS, limit) },
    { table: 'inbox', prune: (limit) => messages.pruneHandled(config.JANITOR_KEEP_HANDLED_DAYS, limit) },
    { table: 'operation', prune: (limit) => operations.prune(config.JANITOR_KEEP_OPERATIONS_DAYS, limit) },
    { table: 'idempotency_key', prune: (limit) => identity.pruneAnswers(limit) },
    { table: 'refresh_token_family', prune: (limit) => identity.pruneSessions(limit) },
    { table: 'condition_history', prune: (limit) => history.pruneConditions(historyDays, limit) },
    { table: 'task_log', prune: (limit) => history.pruneTaskLogs(historyDays, limit) },
  ];
}
