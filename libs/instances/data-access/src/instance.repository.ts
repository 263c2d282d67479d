import {
  type DesiredState,
  type Instance,
  type InstanceStatus,
  type NewInstance,
} from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { type DataSource, type EntityManager, QueryFailedError, type QueryDeepPartialEntity } from 'typeorm';
import { instanceNotFound } from './instance-not-found';
import type { InstanceRoute } from './instance-route';
import { type InstanceTransition, moveInstance } from './instance-transition';
import { InstanceEntity } from './instance.entity';
import { toInstance } from './to-instance';

export interface InstanceFilter {
  readonly customerId?: string;
  readonly status?: InstanceStatus;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

export interface Deployment {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly internalUrl: string;
}

export interface DatabasePlacement {
  readonly databaseServer: string;
  readonly databaseRole: string;
}

/** The instances in PostgreSQL. What writes takes the EntityManager of the caller's transaction. */
export class InstanceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores a new instance (status `creating`, generation 1) and claims its database name among all customers.
   * Throws `database_name.taken`; the transaction is then lost.
   */
  async insert(em: EntityManager, instance: NewInstance): Promise<Instance> {
    const row = em.create(InstanceEntity, { ...blank, ...instance });
    try {
      await em.insert(InstanceEntity, row);
    } catch (error) {
      throw violates(error, 'instance_name_claimed') ? nameTaken(instance.databaseName, error) : error;
    }
    return toInstance(row);
  }

  async find(id: string, em: EntityManager = this.dataSource.manager): Promise<Instance | undefined> {
    const row = await em.findOneBy(InstanceEntity, { id });
    return row === null ? undefined : toInstance(row);
  }

  /** Throws `instance.not_found`. */
  async get(id: string, em: EntityManager = this.dataSource.manager): Promise<Instance> {
    const instance = await this.find(id, em);
    if (instance === undefined) throw instanceNotFound(id);
    return instance;
  }

  /** Somebody else's instance is not there. */
  async findForCustomer(
    id: string,
    customerId: string,
    em: EntityManager = this.dataSource.manager,
  ): Promise<Instance | undefined> {
    const row = await em.findOneBy(InstanceEntity, { id, customerId });
    return row === null ? undefined : toInstance(row);
  }

  /** Newest first. */
  async list({
    page,
    pageSize,
    ...where
  }: InstanceFilter): Promise<{ instances: Instance[]; total: number }> {
    const [rows, total] = await this.dataSource.manager.findAndCount(InstanceEntity, {
      where,
      order: { createdAt: 'DESC', id: 'DESC' },
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    return { instances: rows.map(toInstance), total };
  }

  /** Who answers for a subdomain, in any case of letters; one indexed read, made for every new host at the edge. */
  async findRoute(databaseName: string): Promise<InstanceRoute | undefined> {
    const [route] = await this.dataSource.query<InstanceRoute[]>(
      `SELECT id AS "instanceId", name, status, desired_state AS "desiredState", billing_status AS "billingStatus",
              service_name AS "serviceName", internal_url AS "internalUrl"
         FROM instance WHERE lower(database_name) = lower($1) AND name_claimed`,
      [databaseName],
    );
    return route;
  }

  /**
   * The only writer of `status`: a compare-and-set that the transition table limits. Also keeps the `ready` condition,
   * the error, `started_at` and `terminated_at`; `terminated` frees the database name.
   * Throws `instance.status_conflict` or `instance.not_found`.
   */
  async transition(em: EntityManager, id: string, transition: InstanceTransition): Promise<void> {
    await moveInstance(em, id, transition);
  }

  /** Stores what is wanted and answers the new generation. Throws `instance.not_found`. */
  async requestDesiredState(em: EntityManager, id: string, desiredState: DesiredState): Promise<number> {
    const [row] = await em.query<{ generation: number }[]>(
      `WITH wanted AS (
         UPDATE instance SET desired_state = $2, generation = generation + 1, updated_at = clock_timestamp()
          WHERE id = $1 RETURNING generation)
       SELECT generation FROM wanted`,
      [id, desiredState],
    );
    if (row === undefined) throw instanceNotFound(id);
    return row.generation;
  }

  /** Throws `instance.not_found`. */
  async recordDeployment(em: EntityManager, id: string, deployment: Deployment): Promise<void> {
    await this.update(em, id, deployment);
  }

  /** The service is gone. Throws `instance.not_found`. */
  async clearDeployment(em: EntityManager, id: string): Promise<void> {
    await this.update(em, id, { serviceId: null, internalUrl: null });
  }

  /** Throws `instance.not_found`. */
  async recordDatabase(em: EntityManager, id: string, placement: DatabasePlacement): Promise<void> {
    await this.update(em, id, placement);
  }

  /** The database is gone. Throws `instance.not_found`. */
  async clearDatabase(em: EntityManager, id: string): Promise<void> {
    await this.update(em, id, { databaseServer: null, databaseRole: null, databasePasswordSealed: null });
  }

  /** Lets others use the database name, after a creation that was undone. Throws `instance.not_found`. */
  async releaseName(em: EntityManager, id: string): Promise<void> {
    await this.update(em, id, { nameClaimed: false });
  }

  private async update(
    em: EntityManager,
    id: string,
    values: QueryDeepPartialEntity<InstanceEntity>,
  ): Promise<void> {
    const { affected } = await em.update(InstanceEntity, { id }, values);
    if (affected === 0) throw instanceNotFound(id);
  }
}

/** What an instance begins with, and null for what it may lack. */
const blank = {
  subscriptionId: null,
  description: null,
  nameClaimed: true,
  language: null,
  environment: null,
  desiredState: 'running',
  generation: 1,
  observedGeneration: 0,
  status: 'creating',
  conditions: {},
  serviceId: null,
  internalUrl: null,
  databaseServer: null,
  databaseRole: null,
  adminPasswordSealed: null,
  databasePasswordSealed: null,
  error: null,
  startedAt: null,
  terminatedAt: null,
} as const;

function violates(error: unknown, constraint: string): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return (
    typeof cause === 'object' && cause !== null && 'constraint' in cause && cause.constraint === constraint
  );
}

function nameTaken(databaseName: string, cause: unknown): AppError {
  return AppError.terminal('database_name.taken', `the database name '${databaseName}' is taken`, {
    httpStatus: 409,
    hint: 'Choose another name.',
    facts: { field: 'database_name' },
    cause,
  });
}
