import { INSTANCE_ID_LABEL, type SwarmNode, type SwarmService, type SwarmTask } from '@saasodoo/swarm';

/** A task as it travels to the gateway. */
export interface TaskAnswer {
  readonly id: string;
  readonly state: string;
  readonly desired_state: string;
  readonly node: string | null;
  readonly error: string;
  readonly exit_code: number | null;
  readonly revision: number;
  readonly since: string;
}

/** A service as it travels to the gateway. */
export interface ServiceAnswer {
  readonly id: string;
  readonly name: string;
  readonly instance_id: string | null;
  readonly image: string;
  readonly replicas: number;
  readonly revision: number;
  readonly created_at: string;
  /** Newest first, those that ended included. */
  readonly tasks: readonly TaskAnswer[];
}

export function toServiceAnswer(
  service: SwarmService,
  tasks: readonly SwarmTask[],
  nodes: readonly SwarmNode[],
): ServiceAnswer {
  const hostnames = new Map(nodes.map(({ id, hostname }) => [id, hostname]));
  const { id, name, labels, image, replicas, revision, createdAt } = service;
  return {
    ...{ id, name, image, replicas, revision },
    instance_id: labels[INSTANCE_ID_LABEL] ?? null,
    created_at: createdAt.toISOString(),
    tasks: tasks.map((task) => ({
      id: task.id,
      state: task.state,
      desired_state: task.desiredState,
      node: hostnames.get(task.nodeId ?? '') ?? task.nodeId ?? null,
      error: task.error,
      exit_code: task.exitCode ?? null,
      revision: task.revision,
      since: task.stateSince.toISOString(),
    })),
  };
}
