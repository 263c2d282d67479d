import { type ConnectOptions, DockerConnection } from './connection/docker-connection';
import { type EngineCapabilities } from './connection/engine-capabilities';
import { Convergence } from './convergence/convergence';
import { ServiceControl } from './control/service-control';
import { SwarmEvents } from './events/swarm-events';
import { SwarmJobs } from './jobs/swarm-jobs';
import { SwarmNetworks } from './networks/swarm-networks';
import { SwarmNodes } from './nodes/swarm-nodes';
import { SwarmSecrets } from './secrets/swarm-secrets';
import { type ListOptions, SwarmServices } from './services/swarm-services';
import { type SwarmSnapshot } from './snapshot/swarm-snapshot';
import { takeSnapshot } from './snapshot/take-snapshot';
import { SwarmTasks } from './tasks/swarm-tasks';

/** The parts of one Swarm, over one connection to one of its managers. */
export class Swarm {
  readonly capabilities: EngineCapabilities;
  readonly services: SwarmServices;
  readonly tasks: SwarmTasks;
  readonly secrets: SwarmSecrets;
  readonly networks: SwarmNetworks;
  readonly nodes: SwarmNodes;
  readonly convergence: Convergence;
  readonly jobs: SwarmJobs;
  readonly events: SwarmEvents;
  readonly control: ServiceControl;

  constructor(private readonly connection: DockerConnection) {
    this.capabilities = connection.capabilities;
    this.services = new SwarmServices(connection);
    this.tasks = new SwarmTasks(connection);
    this.secrets = new SwarmSecrets(connection);
    this.nodes = new SwarmNodes(connection, this.tasks);
    this.networks = new SwarmNetworks(connection, this.tasks, this.nodes);
    this.convergence = new Convergence(this.tasks);
    this.jobs = new SwarmJobs(this.services, this.tasks, this.convergence);
    this.events = new SwarmEvents(connection);
    this.control = new ServiceControl(this);
  }

  /**
   * All of it at one moment, in five calls whatever its size; services, tasks and secrets are those that carry all of
   * `labels`. The lists are asked for at once, so a task may be in it whose service is not, and the other way round.
   */
  async snapshot(options: ListOptions = {}): Promise<SwarmSnapshot> {
    return await takeSnapshot(this, options);
  }

  close(): void {
    this.connection.close();
  }
}

/** Connects and agrees on an API version. Throws `swarm.unreachable`, `swarm.host_malformed`, `swarm.engine_too_old`. */
export async function connectSwarm(options: ConnectOptions = {}): Promise<Swarm> {
  return new Swarm(await DockerConnection.open(options));
}
