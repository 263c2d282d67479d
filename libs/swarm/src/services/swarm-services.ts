import { AppError, backoff, systemClock } from '@saasodoo/kernel';
import { createOrAdopt } from '../connection/create-or-adopt';
import { type DockerConnection } from '../connection/docker-connection';
import { hasCode } from '../connection/engine-error';
import { JOB_ID_LABEL, labelFilter, type Labels } from '../labels';
import { followLogs } from '../logs/follow-logs';
import { type FollowOptions, type LogLine, type LogOptions } from '../logs/log-line';
import { readLogs } from '../logs/read-logs';
import { swarmId } from '../swarm-id';
import { droppedPaths } from './dropped-paths';
import { type EngineSpec } from './engine-spec';
import { toService, toVersionedService, type VersionedService } from './service-answer';
import {
  changeLabels,
  changeResources,
  renew,
  replaceWith,
  type ResourceChanges,
  setReplicas,
} from './service-edits';
import { type ServiceSpec } from './service-spec';
import { type ServiceRef, type ServiceRevision, type SwarmService } from './swarm-service';
import { toEngineSpec } from './to-engine-spec';

const UPDATE_ATTEMPTS = 20;
const EVERYTHING = { apiVersion: '', startInterval: true, noNewPrivileges: true, replicatedJobsSafe: true };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ApplyOptions extends CallOptions {
  /** Default: those of the spec, else 1. */
  readonly replicas?: number | undefined;
}

export interface ListOptions extends CallOptions {
  readonly labels?: Labels;
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
    const { id, name, revision, fingerprint } = service;
    const dropped = droppedPaths(toEngineSpec(spec, EVERYTHING), kept);
    return { id, name, revision, fingerprint, adopted, dropped };
  }

  /** `undefined` when there is none. */
  async get(id: string): Promise<SwarmService | undefined> {
    return await orUndefined(async () => (await this.inspect(id)).service);
  }

  /** The service of exactly this name. */
  async getByName(name: string, { signal }: CallOptions = {}): Promise<SwarmService | undefined> {
    // the engine's filter matches prefixes: `odoo-acme` finds `odoo-acme-2`
    const found = await this.query({ name: [name] }, signal);
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
  async list({ labels = {}, signal }: ListOptions = {}): Promise<SwarmService[]> {
    return await this.query({ label: labelFilter(labels) }, signal);
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
      const { spec, version, service } = await this.inspect(id, signal);
      const before = JSON.stringify(spec);
      mutate(spec);
      try {
        if (JSON.stringify(spec) === before) return toRevision(spec, service);
        await this.write(id, version, { spec, signal });
        // the engine may keep another spelling than it was sent, so the fingerprint is read and not reckoned
        return toRevision(spec, (await this.inspect(id, signal)).service);
      } catch (error) {
        if (!hasCode(error, 'swarm.conflict') || attempt === UPDATE_ATTEMPTS) throw error;
        await systemClock.sleep(backoff(attempt, 10, 250), signal);
      }
    }
  }

  /**
   * Brings a service to the whole of `wanted` under a new revision, in one conditional update: whatever was changed by
   * hand since is undone, labels nobody wants are removed, and its task is replaced. Name and mode stay. Throws as
   * `create` and `update` do.
   */
  async apply(
    id: string,
    wanted: ServiceSpec,
    { replicas = wanted.replicas ?? 1, signal }: ApplyOptions = {},
  ): Promise<ServiceRevision> {
    const body = toEngineSpec(wanted, this.connection.capabilities);
    return await this.update(id, (spec) => replaceWith(spec, body, replicas), { signal });
  }

  /** Sets labels of the service, removes those given as `null`, keeps the rest. Never restarts a task. */
  async updateLabels(id: string, changes: Readonly<Record<string, string | null>>): Promise<ServiceRevision> {
    return await this.update(id, (spec) => changeLabels(spec, changes));
  }

  /** Changes limits and reservations; what is left out stays. Restarts the task under a new revision. */
  async updateResources(
    id: string,
    changes: ResourceChanges,
    options: CallOptions = {},
  ): Promise<ServiceRevision> {
    return await this.update(id, (spec) => changeResources(spec, changes), options);
  }

  /** Sets the number of tasks. Leaving 0 begins a new revision, so that new tasks can be told from those of the last run. */
  async scale(id: string, replicas: number, options: CallOptions = {}): Promise<ServiceRevision> {
    return await this.update(id, (spec) => setReplicas(spec, replicas), options);
  }

  /** Replaces the task by a new one of the next revision, old one first stopped. */
  async forceUpdate(id: string, options: CallOptions = {}): Promise<ServiceRevision> {
    return await this.update(id, renew, options);
  }

  /** What the tasks Swarm still remembers have written, oldest first. Scaled to 0, a service has no logs any more. */
  async logs(id: string, options: LogOptions = {}): Promise<LogLine[]> {
    return await readLogs(this.connection, `/services/${swarmId(id)}/logs`, options);
  }

  /**
   * Lines as tasks write them, those of later tasks too, after the last ones of the past; in the order they arrive. Ends,
   * without an error, with the signal, after `idleMs` without a line, and when the service is removed; throws
   * `swarm.not_found`, and `swarm.connection_lost` when the stream breaks: go on with `since` the last line then.
   */
  followLogs(id: string, options: FollowOptions = {}): AsyncGenerator<LogLine, void, undefined> {
    const path = `/services/${swarmId(id)}/logs`;
    const gone = async (signal: AbortSignal): Promise<boolean> => {
      return (await orUndefined(async () => await this.inspect(id, signal))) === undefined;
    };
    return followLogs(this.connection, { path, gone }, options);
  }

  private async inspect(id: string, signal?: AbortSignal): Promise<VersionedService> {
    const path = `/services/${swarmId(id)}`;
    return toVersionedService(
      await this.connection.call({ action: `read service ${id}`, method: 'GET', path, signal }),
    );
  }

  private async query(
    filters: Readonly<Record<string, readonly string[]>>,
    signal?: AbortSignal,
  ): Promise<SwarmService[]> {
    const query = { filters: JSON.stringify(filters) };
    const answer = await this.connection.call({
      action: 'list services',
      method: 'GET',
      path: '/services',
      query,
      signal,
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

function toRevision(
  { Name: name, TaskTemplate: template, Mode: mode }: EngineSpec,
  { id, fingerprint }: SwarmService,
): ServiceRevision {
  return { id, name, revision: template.ForceUpdate ?? 0, replicas: mode.Replicated.Replicas, fingerprint };
}

async function orUndefined<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (hasCode(error, 'swarm.not_found')) return undefined;
    throw error;
  }
}
