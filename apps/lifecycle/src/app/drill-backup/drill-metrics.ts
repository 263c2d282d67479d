import { Injectable } from '@nestjs/common';
import type { DrillCounts } from '@saasodoo/backups/data-access';
import { Metrics } from '@saasodoo/observability';

/** What drills have said, and how many of the kept backups are known to be bad. */
@Injectable()
export class DrillMetrics {
  private readonly drills;
  private readonly backups;

  constructor(metrics: Metrics) {
    this.drills = metrics.counter({
      name: 'saasodoo_backup_drills_total',
      help: 'Backups that were restored in a throw-away place, by what came of it.',
      labels: ['outcome'],
    });
    this.backups = metrics.gauge({
      name: 'saasodoo_backups_by_drill',
      help: 'Complete backups by what their last drill said.',
      labels: ['drill'],
    });
  }

  count(outcome: string): void {
    this.drills.inc({ outcome: outcome.replace(' ', '_') });
  }

  show({ passed, failed, never }: DrillCounts): void {
    this.backups.set({ drill: 'passed' }, passed);
    this.backups.set({ drill: 'failed' }, failed);
    this.backups.set({ drill: 'never' }, never);
  }
}
