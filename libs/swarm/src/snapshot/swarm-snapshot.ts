import { type SwarmNetwork } from '../networks/swarm-networks';
import { type SwarmNode } from '../nodes/swarm-node';
import { type SwarmService } from '../services/swarm-service';
import { type SwarmTask } from '../tasks/swarm-task';

/** A Swarm as it was at one moment, give or take the time its lists took. */
export interface SwarmSnapshot {
  /** Before the first list was asked for: what changed later may or may not be in it. */
  readonly takenAt: Date;
  readonly services: readonly SwarmService[];
  /** Newest first; those that ended or outlive their service included. */
  readonly tasks: readonly SwarmTask[];
  readonly nodes: readonly SwarmNode[];
  readonly secretNames: ReadonlySet<string>;
  /** Overlay networks. */
  readonly networks: readonly SwarmNetwork[];
}
