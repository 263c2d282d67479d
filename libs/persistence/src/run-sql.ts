import { AppError } from '@saasodoo/kernel';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { Sql, sql } from './sql';

/** By text. All text is in the code, so there are only so many. */
const names = new Map<string, string>();

/**
 * Runs a statement in the transaction of `em`, or by itself where `em` has none. Each connection parses and plans it
 * once; TypeORM's own `query` does so every time.
 */
export async function runSql<Row extends QueryResultRow>(em: EntityManager, statement: Sql): Promise<Row[]> {
  const { text } = statement;
  const connection = await connectionOf(em);
  const { rows } = await connection.query<Row>({ name: nameOf(text), text, values: [...statement.values] });
  return rows;
}

/**
 * Runs writes as one statement: one round trip, and all of them or none. They see what was there before, not each other;
 * foreign keys are checked once all are done. Answers their `now()`.
 */
export async function writeTogether(em: EntityManager, writes: readonly Sql[]): Promise<Date> {
  const named = writes.map((write, index) => sql`${new Sql([`write_${index} AS (`], [])}${write})`);
  const list = named.reduce((all, one) => sql`${all}, ${one}`);
  const [row] = await runSql<{ now: Date }>(em, sql`WITH ${list} SELECT now() AS now`);
  return row?.now ?? new Date();
}

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `saasodoo_${names.size + 1}`;
  names.set(text, name);
  return name;
}

/** TypeORM hands pg's own objects out, without their types. */
async function connectionOf({ queryRunner, dataSource }: EntityManager): Promise<Pool | PoolClient> {
  if (queryRunner !== undefined) return (await queryRunner.connect()) as PoolClient;
  const { driver } = dataSource;
  if ('master' in driver) return driver.master as Pool;
  throw AppError.terminal('database.not_postgresql', 'SQL is run on a PostgreSQL data source alone');
}
