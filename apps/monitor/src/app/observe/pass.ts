import { Injectable } from '@nestjs/common';
import { ObservationRepository, WatchedInstanceRepository } from '@saasodoo/instances/data-access';
import type { NewObservation, WatchedInstance } from '@saasodoo/instances/domain';
import { systemClock } from '@saasodoo/kernel';
import { Swarm, type SwarmSnapshot } from '@saasodoo/swarm';
import { MonitorConfig } from '../app.config';
import { hasEnded } from './ended-tasks';
import { FailureCounts } from './failure-counts';
import { judgeInstance } from './judge-instance';
import { ObservationWriter } from './observation-writer';
import { SwarmSights } from './swarm-sights';
import { isSameSight, toObservation } from './to-observation';
import { Watchers } from './watchers';

export interface PassReport {
  readonly dockerCalls: number;
  readonly found: readonly NewObservation[];
  /** Instances that somebody changed while they were looked at: look again at once. */
  readonly unsettled: boolean;
}

const SNAPSHOT_CALLS = 5;
/** What is measured again and again is stored this often when nothing else changes. */
const REFRESH_MS = 60_000;

/** One look at everything: one read of all instances and one snapshot of the Swarm, whatever their number. */
@Injectable()
export class Pass {
  /** What was stored last, by instance. */
  private known = new Map<string, NewObservation>();
  private readonly failures = new FailureCounts();

  constructor(
    private readonly swarm: Swarm,
    private readonly instances: WatchedInstanceRepository,
    private readonly observations: ObservationRepository,
    private readonly writer: ObservationWriter,
    private readonly watchers: Watchers,
    private readonly config: MonitorConfig,
  ) {}

  /** Takes over from whoever led before: what was known stays known. */
  async begin(): Promise<void> {
    const instances = await this.instances.list();
    const stored = await this.observations.list(instances.map(({ id }) => id));
    this.known = new Map(stored.map(({ since: _since, ...seen }) => [seen.instanceId, seen]));
    for (const observation of stored) this.watchers.probes.remember(observation);
  }

  async run(onNews: () => void, signal: AbortSignal): Promise<PassReport> {
    const startedAt = systemClock.now();
    // In this order: what the Swarm shows is never older than what is wanted of it.
    const instances = await this.instances.list();
    const labels = { 'saasodoo.platform': this.config.PLATFORM_NAME };
    const snapshot = await this.swarm.snapshot({ labels, signal });
    const sights = new SwarmSights(snapshot);
    const ended = instances.flatMap((instance) =>
      sights
        .of(instance)
        .tasks.filter(hasEnded)
        .map((task) => ({ instanceId: instance.id, task })),
    );
    const asked = await this.watchers.ended.examine(ended);
    const found = instances.map((instance) =>
      this.look(instance, sights, { snapshot, observedAt: startedAt }),
    );
    const changed = found.filter((one) => this.isNews(one));
    const confirmed = await this.confirm(changed, instances);
    await this.writer.write({ startedAt, changed: confirmed });
    this.remember(instances, confirmed);
    const begun = await this.watchers.watch(instances, { found, ended, onNews });
    return {
      dockerCalls: SNAPSHOT_CALLS + asked + begun,
      found,
      unsettled: confirmed.length < changed.length,
    };
  }

  private look(
    instance: WatchedInstance,
    sights: SwarmSights,
    { snapshot, observedAt }: { readonly snapshot: SwarmSnapshot; readonly observedAt: Date },
  ): NewObservation {
    const { id } = instance;
    const { service, tasks } = sights.of(instance);
    const { probes, usage, ended } = this.watchers;
    const before = this.known.get(id)?.healthy;
    const health = judgeInstance({
      ...{ instance, service, tasks, nodes: snapshot.nodes, now: systemClock.now() },
      outOfMemory: ended.outOfMemoryContainers,
      probeOf: (taskId) => probes.resultOf(id, taskId),
      startMs: this.config.MONITOR_START_MS,
      ...(before === undefined ? {} : { before }),
    });
    const { task } = health;
    const failures = this.failures.count(id, health.failures, observedAt);
    const probe = task === undefined ? undefined : probes.resultOf(id, task.id);
    const seen = { instanceId: id, health, service, failures, probe, usage: usage.of(id, task?.containerId) };
    return toObservation(seen, snapshot, { network: this.config.TENANT_NETWORK, observedAt });
  }

  private isNews(found: NewObservation): boolean {
    const known = this.known.get(found.instanceId);
    if (known === undefined || !isSameSight(known, found)) return true;
    const measured = found.probedAt !== known.probedAt || found.usage !== known.usage;
    return measured && found.observedAt.getTime() - known.observedAt.getTime() > REFRESH_MS;
  }

  /** Nobody is called ill for what an operation did that began after the instances were read. */
  private async confirm(
    changed: readonly NewObservation[],
    instances: readonly WatchedInstance[],
  ): Promise<NewObservation[]> {
    const suspects = changed.filter(({ healthy }) => healthy === 'false').map(({ instanceId }) => instanceId);
    if (suspects.length === 0) return [...changed];
    const before = new Map(instances.map((instance) => [instance.id, wishOf(instance)]));
    const now = await this.instances.some(suspects);
    const moved = new Set(now.filter((one) => wishOf(one) !== before.get(one.id)).map(({ id }) => id));
    return changed.filter(({ instanceId }) => !moved.has(instanceId));
  }

  private remember(instances: readonly WatchedInstance[], stored: readonly NewObservation[]): void {
    for (const one of stored) this.known.set(one.instanceId, one);
    const there = new Set(instances.map(({ id }) => id));
    for (const id of this.known.keys()) if (!there.has(id)) this.known.delete(id);
  }
}

function wishOf({ status, desiredState, generation, underway }: WatchedInstance): string {
  return [status, desiredState, generation, underway].join(' ');
}
