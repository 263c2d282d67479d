import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@saasodoo/observability';
import type { RunReport } from './run-report';

const ALARM_CODES = ['janitor.owners_empty', 'janitor.owners_unreadable'] as const;

/** What the last run found, as gauges, and what all of them did, as counters. */
@Injectable()
export class JanitorMetrics {
  private readonly alarm;
  private readonly unowned;
  private readonly actions;
  private readonly pruned;
  private readonly lastRun;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.alarm = metrics.gauge({
      name: 'saasodoo_janitor_alarm',
      help: '1 while runs do nothing for this reason.',
      labels: ['code'],
    });
    this.unowned = metrics.gauge({
      name: 'saasodoo_janitor_unowned',
      help: 'Things that nobody owns, by kind.',
      labels: ['kind'],
    });
    this.actions = metrics.counter({
      name: 'saasodoo_janitor_actions_total',
      help: 'What was done to things, by kind; failed attempts have their own outcome.',
      labels: ['kind', 'action', 'outcome'],
    });
    this.pruned = metrics.counter({
      name: 'saasodoo_janitor_pruned_total',
      help: 'Rows that were forgotten, by table.',
      labels: ['table'],
    });
    this.lastRun = metrics.gauge({
      name: 'saasodoo_janitor_last_run_seconds',
      help: 'Unix time at which the last run ended.',
    });
  }

  observe({ alarm, counts, findings, dry_run: isDryRun, ended_at }: RunReport): void {
    for (const code of ALARM_CODES) this.alarm.set({ code }, alarm?.code === code ? 1 : 0);
    this.lastRun.set(Date.parse(ended_at) / 1_000);
    for (const [kind, { unowned }] of Object.entries(counts.kinds)) this.unowned.set({ kind }, unowned);
    if (isDryRun) return;
    for (const { kind, action, error } of findings) {
      this.actions.inc({ kind, action, outcome: error === null ? 'done' : 'failed' });
    }
    for (const [table, rows] of Object.entries(counts.pruned)) this.pruned.inc({ table }, rows);
  }
}
