import { Injectable } from '@nestjs/common';
import { BackupDrillRepository } from '@saasodoo/backups/data-access';
import { chooseDrill, type DrillCandidate, isDrillDue } from '@saasodoo/backups/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { newId, systemClock } from '@saasodoo/kernel';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { BackupsConfig } from '../backups/backups.config';
import { DrillMetrics } from './drill-metrics';

const HOUR_MS = 3_600_000;

/** Opens the drill that is due: one at a time, of an instance that has nothing else to do. */
@Injectable()
export class ScheduledDrills {
  constructor(
    private readonly config: BackupsConfig,
    private readonly dataSource: DataSource,
    private readonly drills: BackupDrillRepository,
    private readonly instances: InstanceRepository,
    private readonly operations: OperationRepository,
    private readonly metrics: DrillMetrics,
  ) {}

  /** Answers how many were opened. */
  async openDue(): Promise<number> {
    this.metrics.show(await this.drills.counts());
    const { BACKUP_DRILL_EVERY_HOURS: hours, BACKUP_DRILL_SAMPLE: sample } = this.config;
    if (hours === 0) return 0;
    const now = systemClock.now();
    if (!isDrillDue(await this.drills.pace(), { everyMs: hours * HOUR_MS, sample }, now)) return 0;
    const chosen = chooseDrill(await this.drills.candidates(), now);
    if (chosen === undefined) return 0;
    return (await runInTransaction(this.dataSource, (em) => this.open(em, chosen))) ? 1 : 0;
  }

  /** Looked at again on the locked instance: somebody may have asked for something since it was chosen. */
  private async open(em: EntityManager, { id, instanceId }: DrillCandidate): Promise<boolean> {
    const instance = await this.instances.lockInScope(em, instanceId, {});
    if (instance === undefined || (await this.operations.openFor(em, instanceId)).length > 0) return false;
    const { customerId, generation } = instance;
    await this.operations.open(em, {
      ...{ kind: 'drill', instanceId, customerId, generation, correlationId: newId() },
      input: { backup_id: id, scheduled: true },
    });
    return true;
  }
}
