import { Controller, Get, HttpCode, Inject, Post, Query, UseFilters, UseGuards } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { JanitorSchedule } from '../runs/janitor-schedule';
import type { RunReport } from '../runs/run-report';
import { RunRepository } from '../runs/run.repository';
import { JanitorKeyGuard } from './janitor-key.guard';
import { ProblemFilter } from './problem.filter';

/** For the platform's own network: what the admin API of the gateway asks. */
@Controller('internal')
@UseGuards(JanitorKeyGuard)
@UseFilters(ProblemFilter)
export class InternalController {
  constructor(
    @Inject(JanitorSchedule) private readonly schedule: JanitorSchedule,
    @Inject(RunRepository) private readonly runs: RunRepository,
  ) {}

  /** Runs now and answers the report; with `dry_run=true` it does nothing and says what it would do. */
  @Post('run')
  @HttpCode(200)
  async run(@Query('dry_run') dryRun?: string): Promise<RunReport> {
    return this.schedule.runNow(parseFlag(dryRun));
  }

  /** The report of the last run. */
  @Get('report')
  async report(): Promise<RunReport> {
    const last = await this.runs.last();
    if (last !== undefined) return last;
    throw AppError.retryable('janitor.no_report', 'the janitor has not run yet', {
      httpStatus: 404,
      hint: 'Ask for a run: POST /internal/run?dry_run=true',
    });
  }
}

/** What is no flag must not become a run that deletes. */
function parseFlag(text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw AppError.terminal(
    'janitor.flag_malformed',
    `dry_run must be true or false, not '${text.slice(0, 40)}'`,
    {
      httpStatus: 422,
    },
  );
}
