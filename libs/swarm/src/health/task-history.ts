import { hasFailed, isTerminal, type SwarmTask } from '../tasks/swarm-task';
import { type HealthFacts } from './service-health';

/** The tasks of one service, sorted by what they mean to it. */
export class TaskHistory {
  /** What should run and does. */
  readonly running: SwarmTask | undefined;
  /** What should run and does not yet. */
  readonly attempt: SwarmTask | undefined;
  /** What should end and has not. */
  readonly ending: SwarmTask | undefined;
  /** What has not ended as far as anybody knows, on a node nobody hears of. */
  readonly lost: SwarmTask | undefined;
  /** Newest first. */
  readonly ended: readonly SwarmTask[];
  /** The last of those that ended, as far as one after the other failed; of the wanted revision only. Newest first. */
  readonly streak: readonly SwarmTask[];
  private readonly hostnames: ReadonlyMap<string, string>;

  constructor({ service, tasks, nodes }: HealthFacts) {
    this.hostnames = new Map(nodes.map((node) => [node.id, node.hostname]));
    const up = new Set(nodes.filter((node) => !isDown(node.state)).map((node) => node.id));
    const newestFirst = [...tasks].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    const alive = newestFirst.filter((task) => !isTerminal(task));
    const reachable = alive.filter((task) => task.nodeId === undefined || up.has(task.nodeId));
    this.running = reachable.find((task) => task.desiredState === 'running' && task.state === 'running');
    this.attempt = reachable.find((task) => isWanted(task) && task.state !== 'running');
    this.ending = reachable.find((task) => !isWanted(task));
    this.lost = alive.find((task) => !reachable.includes(task));
    this.ended = newestFirst.filter(isTerminal);
    const mine = this.ended.filter((task) => task.revision === service?.revision);
    const firstFine = mine.findIndex((task) => !hasFailed(task));
    this.streak = firstFine < 0 ? mine : mine.slice(0, firstFine);
  }

  failuresSince(time: Date): SwarmTask[] {
    return this.ended.filter((task) => hasFailed(task) && task.stateSince >= time);
  }

  /** Of the task's node; its id when nobody knows the node any more. */
  hostname({ nodeId = '' }: SwarmTask): string {
    return this.hostnames.get(nodeId) ?? nodeId;
  }
}

function isWanted({ desiredState }: SwarmTask): boolean {
  return desiredState === 'running' || desiredState === 'ready';
}

/** After a change of leaders the state of a node is `unknown` until it is heard of: that is not down. */
function isDown(state: string): boolean {
  return state === 'down' || state === 'disconnected';
}
