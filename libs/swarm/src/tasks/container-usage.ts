import { type Answer } from '../connection/answer';

const NANOSECONDS = 1_000_000_000;

/** What a container uses. */
export interface ContainerUsage {
  /** When it was measured, by the clock of the node. */
  readonly measuredAt: Date;
  /** CPU time since the container started: its growth over the time between two measurements is how many CPUs it uses. */
  readonly cpuSeconds: number;
  /** Without what the kernel would give back at once, as `docker stats` counts it. */
  readonly memoryBytes: number;
  /** The memory of the node when there is no limit. */
  readonly memoryLimitBytes: number;
}

/** Reads the engine's stats; `undefined` for a container that does not run. */
export function toUsage(answer: Answer): ContainerUsage | undefined {
  const memory = answer.at('memory_stats');
  const usage = memory.numberOr('usage', undefined);
  if (usage === undefined) return undefined;
  return {
    measuredAt: answer.date('read'),
    cpuSeconds: answer.at('cpu_stats').at('cpu_usage').number('total_usage') / NANOSECONDS,
    memoryBytes: usage - reclaimable(memory.at('stats'), usage),
    memoryLimitBytes: memory.numberOr('limit', 0),
  };
}

/** Cached file pages nobody has used lately: cgroup v1 counts those of sub-groups in a `total_`, v2 has one number. */
function reclaimable(stats: Answer, usage: number): number {
  const inactive = stats.numberOr('total_inactive_file', undefined) ?? stats.numberOr('inactive_file', 0);
  return inactive < usage ? inactive : 0;
}
