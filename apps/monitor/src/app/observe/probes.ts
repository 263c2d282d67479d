import { Injectable, Logger } from '@nestjs/common';
import type { Observation } from '@saasodoo/instances/domain';
import { systemClock, toErrorRecord } from '@saasodoo/kernel';
import { OdooClient } from '@saasodoo/odoo';
import { MonitorConfig } from '../app.config';
import { afterProbe, isAnswer, probeDelay, type ProbeResult } from './probe-result';
import type { ProbeTarget } from './probe-target';

const AT_A_TIME = 32;
/** After silence, and while an Odoo starts. */
const SOON_MS = 500;

/** Asks the Odoo of every running task over HTTP, beside the passes: they read what is known and never wait for an answer. */
@Injectable()
export class Probes {
  private readonly logger = new Logger(Probes.name);
  private readonly results = new Map<string, ProbeResult>();
  private readonly asking = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly odoo: OdooClient,
    private readonly config: MonitorConfig,
  ) {}

  resultOf(instanceId: string, taskId: string): ProbeResult | undefined {
    const result = this.results.get(instanceId);
    return result?.taskId === taskId ? result : undefined;
  }

  /** What an earlier leader has seen, so that nobody is called silent who has not been asked yet. */
  remember({ instanceId, healthy, task, httpStatus, probedAt }: Observation): void {
    if (task === undefined || probedAt === undefined || !isAnswer(httpStatus)) return;
    const status = httpStatus === undefined ? {} : { status: httpStatus };
    this.results.set(instanceId, {
      taskId: task.id,
      ...status,
      answered: healthy !== 'unknown',
      misses: 0,
      probedAt: new Date(0),
    });
  }

  /**
   * Asks those of `targets` that are due, as far as there is room, and forgets all others. Calls `onChange` when an answer
   * may change what is thought of an instance.
   */
  ask(targets: readonly ProbeTarget[], onChange: () => void): void {
    const wanted = new Map(targets.map((target) => [target.instanceId, target]));
    for (const id of this.results.keys()) if (!wanted.has(id)) this.results.delete(id);
    const due = targets
      .filter((target) => !this.asking.has(target.instanceId) && this.isDue(target))
      .sort((a, b) => this.lastAsked(a) - this.lastAsked(b));
    for (const target of due.slice(0, AT_A_TIME - this.asking.size)) {
      const asked = this.probe(target, onChange).finally(() => this.asking.delete(target.instanceId));
      this.asking.set(target.instanceId, asked);
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.asking.values());
  }

  private isDue({ instanceId, taskId }: ProbeTarget): boolean {
    const result = this.resultOf(instanceId, taskId);
    if (result === undefined) return true;
    const { MONITOR_PROBE_EVERY_MS: everyMs } = this.config;
    return systemClock.now().getTime() >= result.probedAt.getTime() + probeDelay(result, everyMs, SOON_MS);
  }

  private lastAsked({ instanceId, taskId }: ProbeTarget): number {
    return this.resultOf(instanceId, taskId)?.probedAt.getTime() ?? 0;
  }

  private async probe(target: ProbeTarget, onChange: () => void): Promise<void> {
    const { instanceId, taskId, baseUrl, path } = target;
    try {
      const timeoutMs = this.config.MONITOR_PROBE_TIMEOUT_MS;
      const status = await this.odoo.probe(baseUrl, path, { timeoutMs, signal: this.stopping.signal });
      const before = this.results.get(instanceId);
      const after = afterProbe(before, taskId, { status, probedAt: systemClock.now() });
      this.results.set(instanceId, after);
      if (matters(before, after)) onChange();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.logger.warn(`instance ${instanceId} could not be asked: ${toErrorRecord(error).message}`);
    }
  }
}

function matters(before: ProbeResult | undefined, after: ProbeResult): boolean {
  return (
    before?.answered !== after.answered ||
    (before.misses === 0) !== (after.misses === 0) ||
    after.misses === 2
  );
}
