import { type DockerConnection } from '../connection/docker-connection';
import { type Resources } from '../services/service-spec';
import { type SwarmTasks } from '../tasks/swarm-tasks';
import { toNode } from './node-answer';
import { place, type Placement } from './placement';
import { type SwarmNode } from './swarm-node';

/** The machines of a Swarm. */
export class SwarmNodes {
  constructor(
    private readonly connection: DockerConnection,
    private readonly tasks: SwarmTasks,
  ) {}

  async list({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<SwarmNode[]> {
    const answer = await this.connection.call({
      action: 'list nodes',
      method: 'GET',
      path: '/nodes',
      signal,
    });
    return answer.items().map(toNode);
  }

  /**
   * Whether some node could take a task with this reservation and these constraints now. Nothing is held: others may be
   * placed in between, so convergence still has to say whether it was. Tasks of the service `inPlaceOf` do not count:
   * they end before the new one begins.
   */
  async fits(
    reservation: Resources,
    constraints: readonly string[] = [],
    { inPlaceOf }: { readonly inPlaceOf?: string } = {},
  ): Promise<Placement> {
    const [nodes, tasks] = await Promise.all([this.list(), this.tasks.listAll()]);
    return place(reservation, constraints, {
      nodes,
      tasks: tasks.filter(({ serviceId }) => serviceId !== inPlaceOf),
    });
  }
}
