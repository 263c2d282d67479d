import { AppError, until } from '@saasodoo/kernel';
import { type Answer } from '../connection/answer';
import { createOrAdopt } from '../connection/create-or-adopt';
import { type DockerConnection } from '../connection/docker-connection';
import { hasCode } from '../connection/engine-error';
import { type Labels } from '../labels';
import { type SwarmNodes } from '../nodes/swarm-nodes';
import { swarmId } from '../swarm-id';
import { isTerminal } from '../tasks/swarm-task';
import { type SwarmTasks } from '../tasks/swarm-tasks';
import { usableAddresses } from './subnet';

export interface SwarmNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly subnets: readonly string[];
  readonly attachable: boolean;
  readonly internal: boolean;
}

export interface NewNetwork {
  readonly name: string;
  readonly labels: Labels;
  /** Such as `10.20.0.0/22`; the engine picks a /24 otherwise. */
  readonly subnet?: string;
  readonly attachable?: boolean;
  readonly internal?: boolean;
}

/** Addresses of a network. Swarm says nothing when they run out: tasks just stay `new`. */
export interface NetworkCapacity {
  readonly usable: number;
  /** Taken by tasks that have not ended, by virtual IPs and by nodes. */
  readonly used: number;
}

const LISTED_WITHIN_MS = 5_000;

/** The overlay networks of a Swarm. */
export class SwarmNetworks {
  constructor(
    private readonly connection: DockerConnection,
    private readonly tasks: SwarmTasks,
    private readonly nodes: SwarmNodes,
  ) {}

  /** The id of the overlay network of exactly this name. Throws `swarm.network_missing`. */
  async resolve(name: string): Promise<string> {
    return (await this.named(name)).id;
  }

  async getByName(name: string): Promise<SwarmNetwork | undefined> {
    return (await this.list()).find((network) => network.name === name);
  }

  async list({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<SwarmNetwork[]> {
    const query = { filters: JSON.stringify({ scope: ['swarm'], driver: ['overlay'] }) };
    const answer = await this.connection.call({
      action: 'list networks',
      method: 'GET',
      path: '/networks',
      query,
      signal,
    });
    return answer.items().map(toNetwork);
  }

  /** Creates an overlay network, or takes over the one of that name with the same owner labels. */
  async createOverlay(network: NewNetwork): Promise<SwarmNetwork> {
    const { name, labels, subnet, attachable = true, internal = false } = network;
    const body = {
      Name: name,
      Driver: 'overlay',
      CheckDuplicate: true,
      Attachable: attachable,
      Internal: internal,
      Labels: labels,
      ...(subnet === undefined ? {} : { IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] } }),
    };
    const { found } = await createOrAdopt({
      what: `network ${name}`,
      labels,
      create: async () => {
        await this.connection.call({
          action: `create network ${name}`,
          method: 'POST',
          path: '/networks/create',
          body,
        });
        return await this.appeared(name);
      },
      find: async () => await this.getByName(name),
    });
    return found;
  }

  /** One that is gone already is fine. Throws `swarm.in_use` while a service refers to it. */
  async remove(id: string): Promise<void> {
    try {
      await this.connection.call({
        action: `remove network ${id}`,
        method: 'DELETE',
        path: `/networks/${swarmId(id)}`,
      });
    } catch (error) {
      if (!hasCode(error, 'swarm.not_found')) throw error;
    }
  }

  /** How many addresses the network has and how many are taken. Throws `swarm.network_missing`. */
  async capacity(id: string): Promise<NetworkCapacity> {
    const network = (await this.list()).find((one) => one.id === id);
    if (network === undefined) {
      throw AppError.terminal('swarm.network_missing', `there is no overlay network with id ${id}`, {
        hint: 'Look its name up again: it may have been created anew.',
        facts: { id },
      });
    }
    const [tasks, nodes, virtual] = await Promise.all([
      this.tasks.listAll(),
      this.nodes.list(),
      this.virtualAddresses(id),
    ]);
    const ofTasks = tasks
      .filter((task) => !isTerminal(task))
      .reduce((sum, task) => sum + (task.addresses[id]?.length ?? 0), 0);
    const usable = network.subnets.reduce((sum, subnet) => sum + usableAddresses(subnet), 0);
    return { usable, used: ofTasks + virtual + nodes.length };
  }

  /** A network that was created a moment ago is listed a little later. */
  private async appeared(name: string): Promise<SwarmNetwork> {
    return await until(
      async () => await this.getByName(name),
      () => missing(name),
      { withinMs: LISTED_WITHIN_MS },
    );
  }

  private async named(name: string): Promise<SwarmNetwork> {
    const found = await this.getByName(name);
    if (found !== undefined) return found;
    throw missing(name);
  }

  private async virtualAddresses(networkId: string): Promise<number> {
    const answer = await this.connection.call({ action: 'list services', method: 'GET', path: '/services' });
    const addresses = answer.items().flatMap((service) => service.at('Endpoint').list('VirtualIPs'));
    return addresses.filter((address) => address.textOr('NetworkID', '') === networkId).length;
  }
}

function missing(name: string): AppError {
  return AppError.terminal('swarm.network_missing', `there is no overlay network '${name}'`, {
    hint: `Create it: docker network create --driver overlay --attachable ${name}`,
    facts: { name },
  });
}

function toNetwork(answer: Answer): SwarmNetwork {
  return {
    id: answer.text('Id'),
    name: answer.text('Name'),
    labels: answer.map('Labels'),
    subnets: answer
      .at('IPAM')
      .list('Config')
      .map((config) => config.text('Subnet')),
    attachable: answer.boolean('Attachable'),
    internal: answer.boolean('Internal'),
  };
}
