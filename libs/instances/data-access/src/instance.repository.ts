import {
  type DesiredState,
  type Instance,
  type InstanceStatus,
  type NewInstance,
  type ObservedCondition,
  type OdooImage,
} from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { quotaExceeded, runSql, type Sql, sql, violates, writeTogether } from '@saasodoo/persistence';
import type { DataSource, EntityManager, QueryDeepPartialEntity } from 'typeorm';
import { asInserted, insertion } from './insertion';
import { instanceNotFound } from './instance-not-found';
import type { InstanceRoute } from './instance-route';
import { type InstanceTransition, moveInstance } from './instance-transition';
import { InstanceEntity } from './instance.entity';
import { type InstanceRow, selectInstances, toInstance } from './select-instances';

export interface InstanceFilter {
  readonly customerId?: string;
  readonly status?: InstanceStatus;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** What is stored together with a new instance. */
export interface Alongside {
  /** As `InstanceSecretsRepository.seal` answers it. */
  readonly adminPasswordSealed?: string;
  readonly writes?: readonly Sql[];
}

export interface Deployment {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly internalUrl: string;
  /** Of the service as the engine has it. */
  readonly serviceFingerprint: string;
}

/** What a customer may change of an instance besides its state; what is left out stays. */
export interface InstanceShape {
  readonly name?: string;
  readonly description?: string | null;
  readonly cpuLimit?: number;
  readonly memoryBytes?: number;
  readonly storageBytes?: number;
  readonly environment?: Readonly<Record<string, string>> | null;
}

/** Which Odoo an instance runs. */
export interface InstalledOdoo {
  readonly odooVersion: string;
  readonly odooImage: OdooImage;
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
   * What is stored `alongside` goes into the same statement: without a transaction around it, it is all or nothing too.
   * Throws `database_name.taken` or `quota.exceeded`; a transaction is then lost.
   */
  async insert(em: EntityManager, instance: NewInstance, alongside: Alongside = {}): Promise<Instance> {
    const { adminPasswordSealed, writes = [] } = alongside;
    try {
      const now = await writeTogether(em, [insertion(instance, adminPasswordSealed), ...writes]);
      return asInserted(instance, now);
    } catch (error) {
      if (violates(error, 'instance_name_claimed')) throw nameTaken(instance.databaseName, error);
      throw quotaExceeded(error) ?? error;
    }
  }

  async find(id: string, em: EntityManager = this.dataSource.manager): Promise<Instance | undefined> {
    return this.findOne(em, sql`id = ${id}`);
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
    return this.findOne(em, sql`id = ${id} AND customer_id = ${customerId}`);
  }

  /** What is outside of the scope is not there; everybody's when no customer is named. */
  async findInScope(
    id: string,
    { customerId }: { readonly customerId?: string },
    em: EntityManager = this.dataSource.manager,
  ): Promise<Instance | undefined> {
    return customerId === undefined ? this.find(id, em) : this.findForCustomer(id, customerId, em);
  }

  /**
   * The same, with its row locked until the transaction ends: requests that change one instance take turns, and a worker
   * that moves it on waits.
   */
  async lockInScope(
    em: EntityManager,
    id: string,
    scope: { readonly customerId?: string },
  ): Promise<Instance | undefined> {
    await em.query('SELECT FROM instance WHERE id = $1 FOR UPDATE', [id]);
    return this.findInScope(id, scope, em);
  }

  /** Newest first. */
  async list(filter: InstanceFilter): Promise<{ instances: Instance[]; total: number }> {
    const { page, pageSize } = filter;
    const condition = conditionOf(filter);
    // One row at least, so that a page behind the last one has a total too.
    const rows = await runSql<InstanceRow & { readonly total: number }>(
      this.dataSource.manager,
      sql`SELECT page.*, counted.total
            FROM (SELECT count(*)::int AS total FROM instance WHERE ${condition}) AS counted
            LEFT JOIN (${selectInstances} WHERE ${condition} ORDER BY created_at DESC, id DESC
                        LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}) AS page ON true`,
    );
    const instances = rows
      .filter(({ id }) => id !== null)
      .map(({ total: _total, ...row }) => toInstance(row));
    return { instances, total: rows[0]?.total ?? 0 };
  }

  /** Who answers for a subdomain, in any case of letters; one indexed read, made for every new host at the edge. */
  async findRoute(databaseName: string): Promise<InstanceRoute | undefined> {
    const [route] = await this.dataSource.query<InstanceRoute[]>(
      `SELECT id AS "instanceId", name, status, desired_state AS "desiredState", billing_status AS "billingStatus",
              service_name AS "serviceName", internal_url AS "internalUrl",
              CASE WHEN conditions -> 'suspended' ->> 'status' = 'true'
                   THEN conditions -> 'suspended' ->> 'message' END AS "suspensionMessage"
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

  /**
   * Stores what is wanted and answers the new generation. A suspension remembers what was wanted before it.
   * Throws `instance.not_found`.
   */
  async requestDesiredState(em: EntityManager, id: string, desiredState: DesiredState): Promise<number> {
    const [row] = await em.query<{ generation: number }[]>(
      `WITH wanted AS (
         UPDATE instance SET desired_state = $2, generation = generation + 1, updated_at = clock_timestamp(),
           resume_to = CASE WHEN $2 <> 'suspended' THEN NULL
                            WHEN desired_state IN ('running', 'stopped') THEN desired_state ELSE resume_to END
          WHERE id = $1 RETURNING generation)
       SELECT generation FROM wanted`,
      [id, desiredState],
    );
    if (row === undefined) throw instanceNotFound(id);
    return row.generation;
  }

  /** Stores what the instance is meant to have; the operation that is opened with it brings it about. Throws `instance.not_found`. */
  async requestShape(em: EntityManager, id: string, shape: InstanceShape): Promise<void> {
    await this.update(em, id, shape);
  }

  /** A wanted change was acted on without a change of status. Throws `instance.not_found`. */
  async recordObservedGeneration(em: EntityManager, id: string, observedGeneration: number): Promise<void> {
    await this.update(em, id, { observedGeneration });
  }

  /** States a condition besides `ready`, which follows from the status. Throws `instance.not_found`. */
  async stateCondition(
    em: EntityManager,
    id: string,
    { type, ...condition }: ObservedCondition,
  ): Promise<void> {
    const [row] = await em.query<{ id: string }[]>(
      `WITH stated AS (
         UPDATE instance SET conditions = conditions || jsonb_build_object($2::text, $3::jsonb || jsonb_build_object(
             'since', CASE WHEN conditions -> $2 ->> 'status' = $3::jsonb ->> 'status' THEN conditions -> $2 -> 'since'
                           ELSE to_jsonb(clock_timestamp()) END))
          WHERE id = $1 RETURNING id)
       SELECT id FROM stated`,
      [id, type, JSON.stringify(condition)],
    );
    if (row === undefined) throw instanceNotFound(id);
  }

  /** Throws `instance.not_found`. */
  async recordDeployment(em: EntityManager, id: string, deployment: Deployment): Promise<void> {
    await this.update(em, id, deployment);
  }

  /** From now on whatever is deployed for the instance is this Odoo. Throws `instance.not_found`. */
  async recordOdoo(
    id: string,
    odoo: InstalledOdoo,
    em: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    await this.update(em, id, odoo);
  }

  /** The service is back to an earlier specification. Throws `instance.not_found`. */
  async recordFingerprint(id: string, serviceFingerprint: string): Promise<void> {
    await this.update(this.dataSource.manager, id, { serviceFingerprint });
  }

  /** The service is gone. Throws `instance.not_found`. */
  async clearDeployment(em: EntityManager, id: string): Promise<void> {
    await this.update(em, id, { serviceId: null, internalUrl: null, serviceFingerprint: null });
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

  private async findOne(em: EntityManager, condition: Sql): Promise<Instance | undefined> {
    const [row] = await runSql<InstanceRow>(em, sql`${selectInstances} WHERE ${condition}`);
    return row === undefined ? undefined : toInstance(row);
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

function conditionOf({ customerId, status }: InstanceFilter): Sql {
  const ofCustomer = customerId === undefined ? sql`true` : sql`customer_id = ${customerId}`;
  return status === undefined ? ofCustomer : sql`${ofCustomer} AND status = ${status}`;
}

function nameTaken(databaseName: string, cause: unknown): AppError {
  return AppError.terminal('database_name.taken', `the database name '${databaseName}' is taken`, {
    httpStatus: 409,
    hint: 'Choose another name.',
    facts: { field: 'database_name' },
    cause,
  });
}
