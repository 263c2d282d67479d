import { Injectable, Logger } from '@nestjs/common';
import { OBSERVATION_CHANNEL } from '@saasodoo/instances/data-access';
import { backoff, systemClock, toErrorRecord } from '@saasodoo/kernel';
import { AdvisoryLock } from '@saasodoo/persistence';
import { Swarm, type SwarmEvent } from '@saasodoo/swarm';
import { DataSource } from 'typeorm';
import { MonitorConfig } from '../app.config';
import { MonitorMetrics } from './monitor-metrics';
import { Pass } from './pass';
import { WakeUp } from './wake-up';

const LOCK = 'saasodoo.monitor';
const SETTLE_MS = 50;
/** Swarm's tasks follow the containers they run in a little later. */
const TASKS_FOLLOW_MS = 250;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3_000;
const TAKES_TOO_LONG_MS = 30_000;

/** Docker's own words for what changes how an instance is; it says much more. */
const TELLING = new Set(['start', 'die', 'oom', 'destroy', 'health_status']);

/**
 * Looks at everything, again and again: every tick, and at once when the engine has news. Of several processes one
 * leads, for as long as it holds the lock; another takes over when it dies.
 */
@Injectable()
export class Observer {
  private readonly logger = new Logger(Observer.name);
  private readonly news = new WakeUp(SETTLE_MS);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private follow: NodeJS.Timeout | undefined;
  private broken = false;
  private leading = false;
  private passedAt: Date | undefined;

  constructor(
    private readonly pass: Pass,
    private readonly swarm: Swarm,
    private readonly dataSource: DataSource,
    private readonly metrics: MonitorMetrics,
    private readonly config: MonitorConfig,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Look soon. */
  poke(): void {
    this.news.poke();
  }

  get isLeading(): boolean {
    return this.leading;
  }

  /** Throws when this process leads and has not seen everything for too long. */
  assertObserving(): void {
    if (!this.leading) return;
    const age = systemClock.now().getTime() - (this.passedAt?.getTime() ?? 0);
    if (age > TAKES_TOO_LONG_MS) throw new Error('no look at the instances has been finished lately');
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.follow);
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        const lock = await AdvisoryLock.acquire(this.dataSource, LOCK, { signal });
        await this.lead(lock, () => (failures = 0)).finally(() => lock.release());
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        this.logger.warn(`observing stopped, trying again: ${toErrorRecord(error).message}`);
        const delay = backoff(failures, FIRST_DELAY_MS, LONGEST_DELAY_MS);
        await systemClock.sleep(delay, signal).catch(() => undefined);
      }
    }
  }

  private async lead(lock: AdvisoryLock, onProgress: () => void): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, lock.lost, over.signal]);
    await lock.session.listen(OBSERVATION_CHANNEL, () => this.poke());
    await this.pass.begin();
    this.passedAt = systemClock.now();
    this.showLeading(true);
    const hints = this.takeHints(signal);
    try {
      while (!signal.aborted) {
        await this.look(signal);
        onProgress();
        await this.news.wait(this.config.MONITOR_TICK_MS, signal);
      }
    } finally {
      this.showLeading(false);
      over.abort();
      await hints;
    }
    if (lock.lost.aborted) this.logger.warn('the lead was lost with its connection to PostgreSQL');
  }

  /** What goes wrong is said once, and tried again at the next tick: the engine or PostgreSQL is away, or somebody else leads. */
  private async look(signal: AbortSignal): Promise<void> {
    const begun = systemClock.now().getTime();
    try {
      const { dockerCalls, found, unsettled } = await this.pass.run(() => this.poke(), signal);
      const ended = systemClock.now();
      this.metrics.passed(
        (ended.getTime() - begun) / 1000,
        dockerCalls,
        found.map(({ healthy }) => healthy),
      );
      if (unsettled) this.poke();
      if (this.broken) this.logger.log('the instances are seen again');
      this.broken = false;
      this.passedAt = ended;
    } catch (error) {
      if (signal.aborted) return;
      this.metrics.passFailed();
      if (!this.broken) this.logger.warn(`the instances cannot be seen: ${toErrorRecord(error).message}`);
      this.broken = true;
    }
  }

  private async takeHints(signal: AbortSignal): Promise<void> {
    for await (const event of this.swarm.events.watch({ signal })) {
      if (!isTelling(event)) continue;
      this.poke();
      clearTimeout(this.follow);
      this.follow = setTimeout(() => this.poke(), TASKS_FOLLOW_MS);
    }
  }

  private showLeading(leading: boolean): void {
    this.leading = leading;
    this.metrics.showLeading(leading);
    if (leading) this.logger.log('this process observes');
  }
}

/** Containers that belong to no instance, and checks that went well, say nothing. */
function isTelling(event: SwarmEvent): boolean {
  if (event.kind !== 'container') return true;
  return event.instanceId !== undefined && TELLING.has(event.action) && event.detail !== 'healthy';
}
