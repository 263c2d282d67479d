import { AppError, backoff, systemClock } from '@saasodoo/kernel';
import { createOrAdopt } from '../connection/create-or-adopt';
import { type DockerConnection } from '../connection/docker-connection';
import { hasCode } from '../connection/engine-error';
import { JOB_ID_LABEL, labelFilter, type Labels } from '../labels';
import { type LogLine, type LogOptions } from '../logs/log-line';
import { readLogs } from '../logs/read-logs';
import { swarmId } from '../swarm-id';
import { droppedPaths } from './dropped-paths';
import { type EngineSpec } from './engine-spec';
import { toService, toVersionedService, type VersionedService } from './service-answer';
import { type ResourceLimits, type Resources, type ServiceSpec } from './service-spec';
import { type ServiceRef, type ServiceRevision, type SwarmService } from './swarm-service';
import { resources, toEngineSpec } from './to-engine-spec';

const UPDATE_ATTEMPTS = 20;
const EVERYTHING = { apiVersion: '', startInterval: true, noNewPrivileges: true, replicatedJobsSafe: true };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** The services of a Swarm. Every change returns as soon as managers agree; whether tasks follow is `Convergence`'s to tell. */
export class SwarmServices {
  constructor(private readonly connection: DockerConnection) {}

  /**
   * Creates a service, or takes over the one of that name that carries the same `saasodoo.instance.id`; also after a
   * lost answer. An abort throws the signal's reason as soon as the outcome is known: what was made stays, and `list`
   * finds it. Throws `swarm.name_taken`, `swarm.name_malformed`, `swarm.invalid`, `swarm.network_missing`.
   */
  async create(spec: ServiceSpec, { signal }: CallOptions = {}): Promise<ServiceRef> {
    const body = toEngineSpec(spec, this.connection.capabilities);
    const { found, adopted } = await createOrAdopt({
      what: `service ${spec.name}`,
      labels: spec.labels,
      signal,
      create: async () => {
        const action = `create service ${spec.name}`;
        const answer = await this.connection.call({
          action,
          method: 'POST',
          path: '/services/create',
          body,
        });
        return { id: answer.text('ID'), labels: spec.labels };
      },
      find: async () => await this.getByName(spec.name),
    });
    const { service, spec: kept } = await this.inspect(found.id);
    const { id, name, revision } = service;
    return { id, name, revision, adopted, dropped: droppedPaths(toEngineSpec(spec, EVERYTHING), kept) };
  }

  /** `undefined` when there is none. */
  async get(id: string): Promise<SwarmService | undefined> {
    return await orUndefined(async () => (await this.inspect(id)).service);
  }

  /** The service of exactly this name. */
  async getByName(name: string): Promise<SwarmService | undefined> {
    // the engine's filter matches prefixes: `odoo-acme` finds `odoo-acme-2`
    const found = await this.query({ name: [name] });
    return found.find((service) => service.name === name);
  }

  /** The one service with this label; one-off jobs do not count. Throws `swarm.ambiguous_label` when there are several. */
  async getByLabel(key: string, value: string): Promise<SwarmService | undefined> {
    const found = (await this.list({ labels: { [key]: value } })).filter(
      ({ labels }) => !(JOB_ID_LABEL in labels),
    );
    if (found.length <= 1) return found[0];
    throw AppError.terminal('swarm.ambiguous_label', `${found.length} services carry ${key}=${value}`, {
      hint: 'One of them is an orphan: compare their names with what the database says and remove the other.',
      facts: { services: found.map((service) => service.name) },
    });
  }

  /** All services that carry all of these labels. */
  async list({ labels = {} }: { readonly labels?: Labels } = {}): Promise<SwarmService[]> {
    return await this.query({ label: labelFilter(labels) });
  }

  /** Removes the service; its tasks end later, see `Convergence.awaitGone`. One that is gone already is fine. */
  async remove(id: string, { signal }: CallOptions = {}): Promise<void> {
    await orUndefined(async () => {
      const path = `/services/${swarmId(id)}`;
      return await this.connection.call({ action: `remove service ${id}`, method: 'DELETE', path, signal });
    });
  }

  /**
   * Reads the spec, lets `mutate` edit it in place, and writes it back on condition that nobody else wrote in
   * between; else all of it again. Edit what is there and rebuild nothing: any difference in the task template restarts
   * the task. Writes nothing when nothing changed.
   * Throws `swarm.not_found`, `swarm.conflict` after 20 attempts, and what the engine has against the spec.
   */
  async update(
    id: string,
    mutate: (spec: EngineSpec) => void,
    { signal }: CallOptions = {},
  ): Promise<ServiceRevision> {
    for (let attempt = 1; ; attempt += 1) {
      const { spec, version } = await this.inspect(id, signal);
      const before = JSON.stringify(spec);
      mutate(spec);
      try {
        if (JSON.stringify(spec) !== before) await this.write(id, version, { spec, signal });
        const { Name: name, TaskTemplate: template, Mode: mode } = spec;
        return { id, name, revision: template.ForceUpdate ?? 0, replicas: mode.Replicated.Replicas };
      } catch (error) {
        if (!hasCode(error, 'swarm.conflict') || attempt === UPDATE_ATTEMPTS) throw error;
        await systemClock.sleep(backoff(attempt, 10, 250), signal);
      }
    }
  }

  /** Sets labels of the service, removes those given as `null`, keeps the rest. Never restarts a task. */
  async updateLabels(id: string, changes: Readonly<Record<string, string | null>>): Promise<ServiceRevision> {
    return await this.update(id, (spec) => {
      const labels = Object.entries({ ...spec.Labels, ...changes });
      spec.Labels = Object.fromEntries(
        labels.filter((entry): entry is [string, string] => entry[1] !== null),
      );
    });
  }

  /** Changes limits and reservations; what is left out stays. Restarts the task under a new revision. */
  async updateResources(
    id: string,
    changes: { readonly limits?: ResourceLimits; readonly reservations?: Resources },
  ): Promise<ServiceRevision> {
    return await this.update(id, ({ TaskTemplate: template }) => {
      const { Limits = {}, Reservations = {} } = template.Resources ?? {};
      const asked = { Limits: given(changes.limits), Reservations: given(changes.reservations) };
      if (within(asked.Limits, Limits) && within(asked.Reservations, Reservations)) return;
      template.Resources = {
        Limits: { ...Limits, ...asked.Limits },
        Reservations: { ...Reservations, ...asked.Reservations },
      };
      template.ForceUpdate = (template.ForceUpdate ?? 0) + 1;
    });
  }

  /** Sets the number of tasks. Leaving 0 begins a new revision, so that new tasks can be told from those of the last run. */
  async scale(id: string, replicas: number): Promise<ServiceRevision> {
    return await this.update(id, ({ TaskTemplate: template, Mode: mode }) => {
      if (mode.Replicated.Replicas === 0 && replicas > 0)
        template.ForceUpdate = (template.ForceUpdate ?? 0) + 1;
      mode.Replicated.Replicas = replicas;
    });
  }

  /** Replaces the task by a new one of the next revision, old one first stopped. */
  async forceUpdate(id: string): Promise<ServiceRevision> {
    return await this.update(id, ({ TaskTemplate: template }) => {
      template.ForceUpdate = (template.ForceUpdate ?? 0) + 1;
    });
  }

  /** What the tasks Swarm still remembers have written, oldest first. Scaled to 0, a service has no logs any more. */
  async logs(id: string, options: LogOptions = {}): Promise<LogLine[]> {
    return await readLogs(this.connection, `/services/${swarmId(id)}/logs`, options);
  }

  private async inspect(id: string, signal?: AbortSignal): Promise<VersionedService> {
    const path = `/services/${swarmId(id)}`;
    return toVersionedService(
      await this.connection.call({ action: `read service ${id}`, method: 'GET', path, signal }),
    );
  }

  private async query(filters: Readonly<Record<string, readonly string[]>>): Promise<SwarmService[]> {
    const query = { filters: JSON.stringify(filters) };
    const answer = await this.connection.call({
      action: 'list services',
      method: 'GET',
      path: '/services',
      query,
    });
    return answer.items().map(toService);
  }

  private async write(
    id: string,
    version: number,
    { spec, signal }: { spec: EngineSpec } & CallOptions,
  ): Promise<void> {
    const path = `/services/${id}/update`;
    const query = { version: String(version) };
    await this.connection.call({
      action: `update service ${spec.Name}`,
      method: 'POST',
      path,
      query,
      body: spec,
      signal,
    });
  }
}

function given(wanted: ResourceLimits | undefined): Readonly<Record<string, unknown>> {
  const { NanoCPUs, MemoryBytes } = resources(wanted);
  return {
    ...(wanted?.cpus === undefined ? {} : { NanoCPUs }),
    ...(wanted?.memoryBytes === undefined ? {} : { MemoryBytes }),
    ...(wanted?.pids === undefined ? {} : { Pids: wanted.pids }),
  };
}

/** True when all that is asked for is there already; the engine leaves out zeros. */
function within(asked: Readonly<Record<string, unknown>>, there: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(asked).every(([key, value]) => (there[key] ?? 0) === value);
}

async function orUndefined<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (hasCode(error, 'swarm.not_found')) return undefined;
    throw error;
  }
}
