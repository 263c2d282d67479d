import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppError, newId, systemClock, toErrorRecord } from '@saasodoo/kernel';
import { AdvisoryLock } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import { ownersUnreadable } from './alarm';
import { JanitorMetrics } from './janitor-metrics';
import { nothingDone, type Outcome, RoundService } from './round.service';
import { RunRecorder } from './run-recorder';
import type { RunReport } from './run-report';

export interface RunOrder {
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

const LOCK = 'saasodoo.janitor';

/** Runs of the janitor, one at a time in the whole platform. */
@Injectable()
export class JanitorRuns {
  private readonly logger = new Logger(JanitorRuns.name);

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(RoundService) private readonly round: RoundService,
    @Inject(RunRecorder) private readonly recorder: RunRecorder,
    @Inject(JanitorMetrics) private readonly metrics: JanitorMetrics,
  ) {}

  /**
   * Answers the report, which is stored as well when PostgreSQL takes it. Throws `janitor.busy` (409) while another run is
   * under way, and the signal's reason when it is called off.
   */
  async run(order: RunOrder): Promise<RunReport> {
    const startedAt = systemClock.now();
    const outcome = await this.carryOut(order);
    const report: RunReport = {
      ...{ id: newId(), started_at: startedAt.toISOString(), ended_at: systemClock.now().toISOString() },
      ...{ dry_run: order.dryRun, ...outcome },
    };
    this.metrics.observe(report);
    try {
      await this.recorder.record(report);
    } catch (error) {
      this.logger.warn(`the report of this run is not stored: ${toErrorRecord(error).message}`);
    }
    return report;
  }

  private async carryOut({ dryRun, signal }: RunOrder): Promise<Outcome> {
    let lock: AdvisoryLock | undefined;
    try {
      lock = await AdvisoryLock.tryAcquire(this.dataSource, LOCK);
    } catch (error) {
      return nothingDone(ownersUnreadable(error));
    }
    if (lock === undefined) throw busy();
    try {
      return await this.round.run({ dryRun, signal: AbortSignal.any([signal, lock.lost]) });
    } finally {
      await lock.release();
    }
  }
}

function busy(): AppError {
  return AppError.retryable('janitor.busy', 'another run of the janitor is under way', {
    httpStatus: 409,
    hint: 'Ask for its report in a moment.',
  });
}
