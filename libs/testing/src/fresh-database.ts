import { newId } from '@saasodoo/kernel';
import { createDataSource, type EntityClass, migrate } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import { startPostgres } from './postgres';

export interface FreshDatabaseOptions {
  /** Server to create it on; the one of this test run when absent. */
  readonly serverUrl?: string;
  readonly entities?: readonly EntityClass[];
  readonly poolSize?: number;
}

/** A database that nobody else uses, migrated, connected. */
export interface TestDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  /** Disconnects and drops it. */
  close(): Promise<void>;
}

export async function freshDatabase(options: FreshDatabaseOptions = {}): Promise<TestDatabase> {
  const serverUrl = options.serverUrl ?? (await startPostgres()).url;
  const name = `test_${newId().replaceAll('-', '')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const dataSource = createDataSource({
    url: url.href,
    poolSize: options.poolSize ?? 10,
    applicationName: 'test',
    ...(options.entities === undefined ? {} : { entities: options.entities }),
  });
  await dataSource.initialize();
  await migrate(dataSource);
  return {
    url: url.href,
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const dataSource = createDataSource({ url, poolSize: 1, applicationName: 'test:server' });
  await dataSource.initialize();
  try {
    await dataSource.query(statement);
  } finally {
    await dataSource.destroy();
  }
}
