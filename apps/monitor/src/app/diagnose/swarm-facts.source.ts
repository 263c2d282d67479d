import { Injectable } from '@nestjs/common';
import { TaskLogRepository } from '@saasodoo/instances/data-access';
import type { Instance } from '@saasodoo/instances/domain';
import { INSTANCE_ID_LABEL, JOB_ID_LABEL, Swarm, type SwarmService, type SwarmTask } from '@saasodoo/swarm';
import { TENANT_CONSTRAINTS } from '@saasodoo/tenants';
import { MonitorConfig } from '../app.config';
import type { DiagnosisFacts, NetworkFact } from './diagnosis-facts';

type SwarmFacts = Pick<
  DiagnosisFacts,
  | 'service'
  | 'tasks'
  | 'outOfMemory'
  | 'lastLine'
  | 'nodes'
  | 'constraints'
  | 'placement'
  | 'missingSecrets'
  | 'network'
>;

const LOG_WITHIN_MS = 3_000;
const KILLED = 137;

/** What Swarm knows of an instance, asked of it at this moment. */
@Injectable()
export class SwarmFactsSource {
  constructor(
    private readonly swarm: Swarm,
    private readonly logs: TaskLogRepository,
    private readonly config: MonitorConfig,
  ) {}

  async gather(instance: Instance): Promise<SwarmFacts> {
    const labels = { [INSTANCE_ID_LABEL]: instance.id };
    const service = (await this.swarm.services.list({ labels })).find(
      ({ labels: all }) => !(JOB_ID_LABEL in all),
    );
    const serviceId = service?.id ?? instance.serviceId;
    const constraints = service?.constraints ?? TENANT_CONSTRAINTS;
    const [tasks, nodes, placement, missingSecrets, network] = await Promise.all([
      serviceId === undefined ? [] : this.swarm.tasks.list({ serviceId, labels }),
      this.swarm.nodes.list(),
      service === undefined ? undefined : this.swarm.nodes.fits(service.reservations, constraints),
      this.missingSecrets(service, labels),
      this.network(service),
    ]);
    return {
      ...{ tasks, nodes, constraints, missingSecrets, network },
      ...(service === undefined ? {} : { service }),
      ...(placement === undefined ? {} : { placement }),
      ...(await this.lastWords(instance.id, tasks)),
    };
  }

  private async missingSecrets(
    service: SwarmService | undefined,
    labels: Readonly<Record<string, string>>,
  ): Promise<string[]> {
    const secrets = await this.swarm.secrets.list({ labels });
    const own = secrets.filter(({ labels: all }) => !(JOB_ID_LABEL in all));
    if (service === undefined) return own.length === 0 ? ['of the instance'] : [];
    const names = new Set(own.map(({ name }) => name));
    return service.secretNames.filter((name) => !names.has(name));
  }

  private async network(service: SwarmService | undefined): Promise<NetworkFact> {
    const name = this.config.TENANT_NETWORK;
    const network = await this.swarm.networks.getByName(name);
    if (network === undefined) return { name, present: false };
    const capacity = await this.swarm.networks.capacity(network.id);
    const present = service === undefined || service.networkIds.includes(network.id);
    return { name, present, capacity };
  }

  /** Of the newest task that failed: whether memory ran out, and what it wrote last. */
  private async lastWords(
    instanceId: string,
    tasks: readonly SwarmTask[],
  ): Promise<Pick<SwarmFacts, 'outOfMemory' | 'lastLine'>> {
    const failed = tasks.find(({ state }) => state === 'failed' || state === 'complete');
    if (failed?.containerId === undefined) return { outOfMemory: false };
    const [outOfMemory, lastLine] = await Promise.all([
      failed.exitCode === KILLED && this.swarm.tasks.outOfMemory(failed.containerId),
      this.lastLine(instanceId, failed.id),
    ]);
    return { outOfMemory: outOfMemory === true, ...(lastLine === undefined ? {} : { lastLine }) };
  }

  private async lastLine(instanceId: string, taskId: string): Promise<string | undefined> {
    const kept = (await this.logs.ofInstance(instanceId, 5)).find((log) => log.taskId === taskId);
    const lines = kept?.lines ?? (await this.readLines(taskId));
    return lines.findLast(({ text }) => text.trim() !== '')?.text.trim();
  }

  /** Logs are a help and no condition: those of a node that is away cannot be had. */
  private async readLines(taskId: string): Promise<readonly { readonly text: string }[]> {
    try {
      return await this.swarm.tasks.logs(taskId, { tail: 5, withinMs: LOG_WITHIN_MS });
    } catch {
      return [];
    }
  }
}
