import { Inject, Injectable, Logger } from '@nestjs/common';
import { AlarmRaised } from '@saasodoo/contracts';
import { crashPoint } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import type { Alarm } from './alarm';
import type { RunReport } from './run-report';
import { RunRepository } from './run.repository';

const MAX_MESSAGE_LENGTH = 2_000;

/**
 * Stores reports, and raises their alarms once per episode: an episode lasts as long as runs end with the same code. An
 * alarm that cannot be stored, because PostgreSQL itself is what is away, is raised as soon as it can.
 */
@Injectable()
export class RunRecorder {
  private readonly logger = new Logger(RunRecorder.name);
  /** What this process has logged already. */
  private logged: Alarm['code'] | undefined;
  /** Alarms of runs that could not be stored. */
  private unsent: Alarm[] = [];

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(RunRepository) private readonly runs: RunRepository,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  /** Throws when PostgreSQL does not take it; the alarm is kept then. */
  async record(report: RunReport): Promise<void> {
    this.log(report.alarm);
    try {
      await runInTransaction(this.dataSource, (em) => this.store(em, report));
    } catch (error) {
      this.keep(report.alarm);
      throw error;
    }
    this.unsent = [];
    this.outbox.wake();
  }

  private async store(em: EntityManager, report: RunReport): Promise<void> {
    const before = await this.runs.last(em);
    const { alarm } = report;
    const isNew = alarm !== null && before?.alarm?.code !== alarm.code;
    const isUnsent = this.unsent.some(({ code }) => code === alarm?.code);
    for (const late of this.unsent) await this.raise(em, late);
    if (isNew && !isUnsent) await this.raise(em, alarm);
    await this.runs.save(em, report);
    crashPoint('janitor.recorded');
  }

  private async raise(em: EntityManager, { code, message }: Alarm): Promise<void> {
    await this.outbox.append(
      em,
      AlarmRaised,
      { source: 'janitor', code, message: message.slice(0, MAX_MESSAGE_LENGTH) },
      { subject: 'janitor' },
    );
  }

  private keep(alarm: Alarm | null): void {
    if (alarm === null || this.unsent.some(({ code }) => code === alarm.code)) return;
    this.unsent.push(alarm);
  }

  private log(alarm: Alarm | null): void {
    if (alarm !== null && alarm.code !== this.logged) this.logger.error(`${alarm.code}: ${alarm.message}`);
    if (alarm === null && this.logged !== undefined) this.logger.log(`${this.logged} is over`);
    this.logged = alarm?.code;
  }
}
