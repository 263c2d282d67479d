import type { Labels, Swarm } from '@saasodoo/swarm';

/** Longer than the stop grace period of a tenant, plus the seconds that Swarm takes around it. */
const GONE_WITHIN_MS = 90_000;

/**
 * Returns when no container of services with these labels can still be running: until then it may write, and a new one
 * would run beside it. Swarm forgets a removed service at once, but not its tasks, and those are asked: so a removal or
 * a stop that was interrupted is waited for as well. Throws `swarm.not_converged`.
 */
export async function awaitNoTask(
  swarm: Swarm,
  labels: Labels,
  signal: AbortSignal,
  serviceIds: readonly string[] = [],
): Promise<void> {
  const tasks = await swarm.tasks.withLabels(labels, signal);
  for (const id of new Set([...serviceIds, ...tasks.map(({ serviceId }) => serviceId)])) {
    await swarm.convergence.awaitGone(id, { withinMs: GONE_WITHIN_MS, signal, labels });
  }
}
