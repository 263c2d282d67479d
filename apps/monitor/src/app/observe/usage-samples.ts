import { Injectable } from '@nestjs/common';
import type { ObservedUsage } from '@saasodoo/instances/domain';
import { type ContainerUsage, Swarm } from '@saasodoo/swarm';

/** Calls of the engine that one pass may start; the cost of a pass does not grow with the number of instances. */
const A_PASS = 2;
const WITHIN_MS = 5_000;

interface Sample {
  readonly containerId: string;
  readonly measured: ContainerUsage;
  /** Absent until there are two measurements to compare. */
  readonly usage?: ObservedUsage;
}

/** What the containers take, one after the other, beside the passes. Containers of other nodes are out of sight. */
@Injectable()
export class UsageSamples {
  private readonly samples = new Map<string, Sample>();
  private readonly sampling = new Set<Promise<void>>();
  private queue: { readonly instanceId: string; readonly containerId: string }[] = [];

  constructor(private readonly swarm: Swarm) {}

  of(instanceId: string, containerId: string | undefined): ObservedUsage | undefined {
    const sample = this.samples.get(instanceId);
    return sample?.containerId === containerId ? sample?.usage : undefined;
  }

  /** Samples the next few; when all had their turn, the round begins again with `running`. Answers how many calls that takes. */
  next(running: ReadonlyMap<string, string>): number {
    for (const id of this.samples.keys()) if (!running.has(id)) this.samples.delete(id);
    if (this.queue.length === 0)
      this.queue = [...running].map(([instanceId, containerId]) => ({ instanceId, containerId }));
    const turn = this.queue.splice(0, Math.max(0, A_PASS - this.sampling.size));
    for (const one of turn) {
      const sampled: Promise<void> = this.sample(one).finally(() => this.sampling.delete(sampled));
      this.sampling.add(sampled);
    }
    return turn.length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.sampling);
  }

  private async sample({
    instanceId,
    containerId,
  }: {
    instanceId: string;
    containerId: string;
  }): Promise<void> {
    try {
      const measured = await this.swarm.tasks.usage(containerId, AbortSignal.timeout(WITHIN_MS));
      const before = this.samples.get(instanceId);
      if (measured === undefined) this.samples.delete(instanceId);
      else if (before?.containerId !== containerId) this.samples.set(instanceId, { containerId, measured });
      else
        this.samples.set(instanceId, {
          containerId,
          measured,
          usage: usageBetween(before.measured, measured),
        });
    } catch {
      // A container that has just ended has no usage; the next round looks again.
      this.samples.delete(instanceId);
    }
  }
}

/** 100 is one whole CPU. */
export function usageBetween(before: ContainerUsage, after: ContainerUsage): ObservedUsage {
  const seconds = (after.measuredAt.getTime() - before.measuredAt.getTime()) / 1000;
  const cpus = seconds > 0 ? Math.max(0, after.cpuSeconds - before.cpuSeconds) / seconds : 0;
  return { cpuPercent: Math.round(cpus * 1000) / 10, memoryBytes: after.memoryBytes };
}
