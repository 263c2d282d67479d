import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { migrations } from './migrations';
import { SnakeNamingStrategy } from './snake-naming.strategy';

export interface DatabaseOptions {
  /** `postgres://user[:password]@host:port/database` */
  readonly url: string;
  /** Used when the URL carries none. */
  readonly password?: string;
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Entity classes of the data-access libraries this process uses. */
  readonly entities?: readonly EntityClass[];
}

/** A class with TypeORM's `@Entity()`. */
export type EntityClass = new () => object;

const STATEMENT_TIMEOUT_MS = 30_000;
/** A server that went away without a word does not say that time is over. */
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 2_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** The control database as TypeORM sees it; not yet connected. The schema changes through migrations alone. */
export function createDataSource({
  url,
  password,
  poolSize,
  applicationName,
  entities,
}: DatabaseOptions): DataSource {
  const logger = new Logger('Database');
  return new DataSource({
    type: 'postgres',
    url: withPassword(url, password),
    applicationName,
    poolSize,
    entities: [...(entities ?? [])],
    migrations: [...migrations],
    migrationsTableName: 'migration',
    namingStrategy: new SnakeNamingStrategy(),
    installExtensions: false,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // Without a listener, an error on an idle connection (the server restarts) ends the process.
    poolErrorHandler: (error: Error) => logger.warn(`an idle connection was lost: ${error.message}`),
    extra: {
      keepAlive: true,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    },
  });
}

/** TypeORM lets a URL win over every other option, also where the URL says nothing: so the password goes into it. */
function withPassword(url: string, password: string | undefined): string {
  const parsed = new URL(url);
  if (parsed.password === '' && password !== undefined) parsed.password = encodeURIComponent(password);
  return parsed.href;
}
