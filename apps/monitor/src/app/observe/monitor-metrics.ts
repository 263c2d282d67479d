import { Injectable } from '@nestjs/common';
import { type HealthState, healthStates } from '@saasodoo/instances/domain';
import { Metrics } from '@saasodoo/observability';
import type { Counter, Gauge, Histogram } from 'prom-client';

const PASS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How the monitor is doing. */
@Injectable()
export class MonitorMetrics {
  private readonly seconds: Histogram;
  private readonly failures: Counter;
  private readonly calls: Gauge;
  private readonly instances: Gauge<'healthy'>;
  private readonly leading: Gauge;

  constructor(metrics: Metrics) {
    this.seconds = metrics.histogram({
      name: 'saasodoo_monitor_pass_seconds',
      help: 'Time of one look at everything, from the first question to the commit.',
      buckets: PASS_SECONDS,
    });
    this.failures = metrics.counter({
      name: 'saasodoo_monitor_pass_failures_total',
      help: 'Looks at everything that could not be finished.',
    });
    this.calls = metrics.gauge({
      name: 'saasodoo_monitor_docker_calls',
      help: 'Calls of the engine that the last look at everything took.',
    });
    this.instances = metrics.gauge({
      name: 'saasodoo_monitor_instances',
      help: 'Instances by what the last look found.',
      labels: ['healthy'],
    });
    this.leading = metrics.gauge({
      name: 'saasodoo_monitor_leading',
      help: '1 in the process that observes, 0 in those that stand by.',
    });
  }

  passed(seconds: number, dockerCalls: number, found: readonly HealthState[]): void {
    this.seconds.observe(seconds);
    this.calls.set(dockerCalls);
    for (const healthy of healthStates)
      this.instances.set({ healthy }, found.filter((state) => state === healthy).length);
  }

  passFailed(): void {
    this.failures.inc();
  }

  showLeading(leading: boolean): void {
    this.leading.set(leading ? 1 : 0);
  }
}
