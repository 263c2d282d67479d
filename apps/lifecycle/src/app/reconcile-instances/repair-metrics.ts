import { Injectable } from '@nestjs/common';
import { Metrics } from '@saasodoo/observability';
import type { Repair } from './decide-repair';

/** What the platform repaired by itself, and why. */
@Injectable()
export class RepairMetrics {
  private readonly repairs;

  constructor(metrics: Metrics) {
    this.repairs = metrics.counter({
      name: 'saasodoo_repairs_total',
      help: 'Operations opened because what was observed differed from what is wanted.',
      labels: ['kind', 'reason'],
    });
  }

  count({ kind, reason }: Repair): void {
    this.repairs.inc({ kind, reason });
  }
}
