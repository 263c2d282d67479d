import { randomBytes } from 'node:crypto';
import { INSTANCE_ID_LABEL, type Labels } from './labels';
import { type ServiceSpec } from './services/service-spec';
import { connectSwarm, type Swarm } from './swarm';

const IMAGE = 'saasodoo/debian:trixie-slim';
const NETWORK = 'saasodoo-network';

/** A corner of the real Swarm for one spec file: everything in it carries the run's label, and goes when the file ends. */
export class SwarmTestBench {
  readonly run = `swt${randomBytes(4).toString('hex')}`;
  private count = 0;

  private constructor(
    readonly swarm: Swarm,
    readonly networkId: string,
  ) {}

  static async open(): Promise<SwarmTestBench> {
    const swarm = await connectSwarm();
    return new SwarmTestBench(swarm, await swarm.networks.resolve(NETWORK));
  }

  name(): string {
    this.count += 1;
    return `${this.run}-${this.count}`;
  }

  labels(instanceId: string): Labels {
    return { 'saasodoo.test': this.run, [INSTANCE_ID_LABEL]: instanceId };
  }

  /** A service that sleeps, on the overlay network, owned by an instance of its own. */
  spec(overrides: Partial<ServiceSpec> = {}): ServiceSpec {
    const name = overrides.name ?? this.name();
    return {
      name,
      labels: this.labels(name),
      image: IMAGE,
      command: ['sleep', '1000'],
      networks: [this.networkId],
      endpointMode: 'dnsrr',
      stopGracePeriodMs: 2_000,
      restartPolicy: { condition: 'any', delayMs: 100 },
      revision: 1,
      ...overrides,
    };
  }

  /** A command line for a shell in the image. */
  shell(script: string): Partial<ServiceSpec> {
    return { command: ['sh', '-c', script] };
  }

  /** Removes the services, waits for their tasks, then removes the secrets. */
  async close(): Promise<void> {
    const labels = { 'saasodoo.test': this.run };
    const services = await this.swarm.services.list({ labels });
    await Promise.all(services.map(async ({ id }) => await this.swarm.services.remove(id)));
    await Promise.all(
      services.map(
        async ({ id }) => await this.swarm.convergence.awaitGone(id, { withinMs: 60_000, labels }),
      ),
    );
    const secrets = await this.swarm.secrets.list({ labels });
    await Promise.all(secrets.map(async ({ id }) => await this.swarm.secrets.remove(id)));
    this.swarm.close();
  }
}
