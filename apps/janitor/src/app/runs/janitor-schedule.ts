import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { systemClock, toErrorRecord } from '@saasodoo/kernel';
import { JanitorConfig } from '../app.config';
import { JanitorRuns } from './janitor-runs.service';
import type { RunReport } from './run-report';

/** Lets the janitor run every so often, and on demand; stopping waits until the run at hand has noticed. */
@Injectable()
export class JanitorSchedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(JanitorSchedule.name);
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<RunReport>>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(JanitorRuns) private readonly runs: JanitorRuns,
    @Inject(JanitorConfig) private readonly config: JanitorConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.repeat();
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([this.running, ...this.underWay]);
  }

  /** At once; a configured dry run cannot be overruled. Throws `janitor.busy`. */
  async runNow(dryRun: boolean): Promise<RunReport> {
    const { signal } = this.stopping;
    const run = this.runs.run({ dryRun: dryRun || this.config.JANITOR_DRY_RUN, signal });
    this.underWay.add(run);
    try {
      return await run;
    } finally {
      this.underWay.delete(run);
    }
  }

  private async repeat(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await systemClock.sleep(this.config.JANITOR_EVERY_S * 1_000, signal);
        await this.runNow(false);
      } catch (error) {
        if (!signal.aborted) this.logger.warn(`no run this time: ${toErrorRecord(error).message}`);
      }
    }
  }
}
