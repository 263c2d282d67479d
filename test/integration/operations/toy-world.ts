import { Logger } from '@nestjs/common';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { newId, until } from '@saasodoo/kernel';
import {
  OperationRepository,
  type OperationRunner,
  type OperationRunnerOptions,
} from '@saasodoo/operations/data-access';
import { isTerminal, type Operation, type OperationKind } from '@saasodoo/operations/domain';
import { runInTransaction } from '@saasodoo/persistence';
import { freshDatabase, newInstance, type TestDatabase } from '@saasodoo/testing';
import type { DataSource } from 'typeorm';
import { entities, toyRunner } from './toy-runner';
import type { Interference } from './toy-workflows';

export interface LogEntry {
  readonly step: string;
  readonly action: string;
  readonly fence: number;
}

/** A real database with toy effects, and runners that act on it. */
export class ToyWorld {
  readonly operations: OperationRepository;
  readonly instances: InstanceRepository;
  private readonly runners: OperationRunner[] = [];

  private constructor(readonly database: TestDatabase) {
    this.operations = new OperationRepository(database.dataSource);
    this.instances = new InstanceRepository(database.dataSource);
  }

  static async open(): Promise<ToyWorld> {
    if (process.env['TEST_LOGS'] !== '1') Logger.overrideLogger(false);
    const database = await freshDatabase({ entities, poolSize: 30 });
    await database.dataSource.query(
      'CREATE TABLE toy_effect (instance_id uuid NOT NULL, step text NOT NULL, PRIMARY KEY (instance_id, step))',
    );
    await database.dataSource.query(`
      CREATE TABLE toy_log (
        id bigint GENERATED ALWAYS AS IDENTITY, operation_id uuid NOT NULL, step text NOT NULL, action text NOT NULL,
        fence int NOT NULL)`);
    return new ToyWorld(database);
  }

  get dataSource(): DataSource {
    return this.database.dataSource;
  }

  async close(): Promise<void> {
    await this.stopRunners();
    await this.database.close();
  }

  runner(interfere?: Interference, options: Partial<OperationRunnerOptions> = {}): OperationRunner {
    const runner = toyRunner(this.dataSource, interfere, options);
    this.runners.push(runner);
    runner.start();
    return runner;
  }

  async stopRunners(): Promise<void> {
    await Promise.all(this.runners.splice(0).map((runner) => runner.stop()));
  }

  /** A new instance with its create operation, as the gateway accepts it. */
  async create(): Promise<Operation> {
    return runInTransaction(this.dataSource, async (em) => {
      const instance = await this.instances.insert(em, newInstance());
      return this.operations.open(em, {
        instanceId: instance.id,
        customerId: instance.customerId,
        kind: 'create',
        generation: 1,
        correlationId: newId(),
      });
    });
  }

  /** One more operation on the instance of another. */
  async follow({ instanceId, customerId, generation }: Operation, kind: OperationKind): Promise<Operation> {
    return this.operations.open(this.dataSource.manager, {
      instanceId,
      customerId,
      kind,
      generation: generation + 1,
      correlationId: newId(),
    });
  }

  async cancel({ id }: Operation): Promise<boolean> {
    return this.operations.requestCancel(this.dataSource.manager, id);
  }

  async read({ id }: Operation): Promise<Operation> {
    const operation = await this.operations.find(id);
    if (operation === undefined) throw new Error(`operation ${id} is gone`);
    return operation;
  }

  /** The operation as soon as `holds`. */
  async when(
    operation: Operation,
    holds: (operation: Operation) => boolean,
    withinMs = 30_000,
  ): Promise<Operation> {
    let last = await this.read(operation);
    const look = async () => {
      last = await this.read(operation);
      return holds(last) ? last : undefined;
    };
    return until(look, () => new Error(`waited in vain; last seen ${JSON.stringify(last)}`), {
      withinMs,
      everyMs: 20,
    });
  }

  async settled(operation: Operation): Promise<Operation> {
    return this.when(operation, isTerminal);
  }

  async effects({ instanceId }: Operation): Promise<string[]> {
    const rows = await this.dataSource.query<{ step: string }[]>(
      'SELECT step FROM toy_effect WHERE instance_id = $1',
      [instanceId],
    );
    return rows.map(({ step }) => step).sort();
  }

  async log({ id }: Operation): Promise<LogEntry[]> {
    return this.dataSource.query<LogEntry[]>(
      'SELECT step, action, fence FROM toy_log WHERE operation_id = $1 ORDER BY id',
      [id],
    );
  }

  /** Sequence numbers of the news about an operation, in the order they were written. */
  async announced({ id }: Operation): Promise<number[]> {
    const rows = await this.dataSource.query<{ sequence: number }[]>(
      `SELECT (payload ->> 'sequence')::int AS sequence FROM outbox
        WHERE type = 'operation.progressed.v1' AND payload ->> 'operation_id' = $1 ORDER BY id`,
      [id],
    );
    return rows.map(({ sequence }) => sequence);
  }
}
