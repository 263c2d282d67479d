import { Injectable, Logger } from '@nestjs/common';
import { InstanceDegraded, InstanceObserved } from '@saasodoo/contracts';
import { newId, systemClock } from '@saasodoo/kernel';
import { EventTap } from '@saasodoo/messaging';
import { OperationRunner, RECONCILER } from '@saasodoo/operations/data-access';
import { yields } from '@saasodoo/operations/domain';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { LifecycleConfig } from '../app.config';
import { decideRepair, type Repair } from './decide-repair';
import { ReconcilerStores } from './reconciler-stores';
import { RepairMetrics } from './repair-metrics';

/** So that a site with many differences is read in parts. */
const BATCH = 500;

/**
 * Compares what is wanted with what was observed and opens at most one operation per instance that closes the gap,
 * whoever caused it. Events say when to look; what is decided on is in PostgreSQL.
 */
@Injectable()
export class Reconciler {
  private readonly logger = new Logger(Reconciler.name);
  private readonly stopping = new AbortController();
  private news = new AbortController();
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: LifecycleConfig,
    private readonly dataSource: DataSource,
    private readonly stores: ReconcilerStores,
    private readonly runner: OperationRunner,
    private readonly tap: EventTap,
    private readonly metrics: RepairMetrics,
  ) {}

  start(): void {
    if (this.config.RECONCILE_EVERY_MS === 0) return;
    this.tap.on(InstanceObserved, () => this.news.abort());
    this.tap.on(InstanceDegraded, () => this.news.abort());
    this.looking = this.lookUntilStopped();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.news.abort();
    await this.looking;
  }

  private async lookUntilStopped(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.news = new AbortController();
      try {
        await this.reconcile();
      } catch (error) {
        this.logger.warn(`instances could not be compared: ${String(error)}`);
      }
      const pause = AbortSignal.any([this.news.signal, this.stopping.signal]);
      await systemClock.sleep(this.config.RECONCILE_EVERY_MS, pause).catch(() => undefined); // there is news
    }
  }

  private async reconcile(): Promise<void> {
    const { operations, unsettled } = this.stores;
    let room = this.config.RECONCILE_MAX_REPAIRS - (await operations.openRepairs());
    for (const id of await unsettled.list(BATCH)) {
      if (room <= 0 || this.stopping.signal.aborted) return;
      const repair = await runInTransaction(this.dataSource, (em) => this.repair(em, id));
      if (repair === undefined) continue;
      room -= 1;
      this.metrics.count(repair);
      this.logger.log(`instance ${id}: ${repair.kind}, because ${repair.reason}`);
      this.runner.poke();
    }
  }

  /** Decided on a locked row, so that a command and a repair, or two reconcilers, never act on the same moment. */
  private async repair(em: EntityManager, id: string): Promise<Repair | undefined> {
    const { instances, observations, operations, storage } = this.stores;
    const instance = await instances.lockInScope(em, id, {});
    if (instance === undefined) return undefined;
    if ((await operations.openFor(em, id)).some((one) => !yields(one))) return undefined;
    const compared = {
      instance,
      observation: await observations.find(id, em),
      repairs: await operations.repairsOf(em, id),
      now: systemClock.now(),
    };
    const { CRASH_LOOP_FAILURES: crashLoopFailures, HUNG_AFTER_MS: hungAfterMs } = this.config;
    const repair = decideRepair(compared, { crashLoopFailures, hungAfterMs });
    if (repair === undefined || (await storage.for(repair)) !== undefined) return undefined;
    await operations.open(em, {
      ...{ instanceId: id, customerId: instance.customerId, generation: instance.generation },
      ...{ kind: repair.kind, correlationId: newId() },
      input: { ...repair.input, requested_by: RECONCILER, reason: repair.reason },
    });
    return repair;
  }
}
