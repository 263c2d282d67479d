import { Client, type ClientConfig, Pool } from 'pg';
import { translateServerError } from './server-error';
import { type SqlClient, sqlClient } from './sql-client';

export interface TenantServer {
  /** How people call it; appears in errors. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** A superuser: it makes roles and hands objects from one to another. */
  readonly adminUser: string;
  readonly adminPassword: string;
  /** Where it connects when no other database is meant; locks live there. */
  readonly adminDatabase: string;
  /** Name of the platform that uses it; written on what is made here, so that another one on the same server leaves it alone. */
  readonly platform?: string;
  /** Told of idle connections that broke; the next use opens new ones, so nothing needs to be done. */
  readonly onIdleConnectionLost?: (error: Error) => void;
}

/** Whom to log in as instead of the administrator. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A connection that is held, and how to see that it broke. */
export interface HeldConnection {
  readonly sql: SqlClient;
  readonly lost: AbortSignal;
}

export interface ConnectionWish {
  readonly database: string;
  readonly login?: Login;
  /** 0 waits without end. */
  readonly statementTimeoutMs?: number;
}

const POOL_SIZE = 5;
/** For the pool it counts the wait for a free connection as well. */
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
/** Creating or dropping a database takes a checkpoint or a copy: seconds on a busy server. */
const STATEMENT_TIMEOUT_MS = 60_000;
const APPLICATION_NAME = 'saasodoo';

/** Connections to one tenant server: a small pool for the administrative database, single ones for the others. */
export class AdminConnections {
  /** Statements on the administrative database. */
  readonly sql: SqlClient;
  private readonly pool: Pool;

  constructor(readonly server: TenantServer) {
    this.pool = new Pool({
      ...this.config({ database: server.adminDatabase }),
      max: POOL_SIZE,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      allowExitOnIdle: true,
    });
    // Without a listener, a server that restarts ends this process.
    this.pool.on('error', (error) => server.onIdleConnectionLost?.(error));
    this.sql = sqlClient(this.pool, server.name);
  }

  /** Runs `work` on a connection of its own and closes it afterwards. */
  async held<T>(wish: ConnectionWish, work: (connection: HeldConnection) => Promise<T>): Promise<T> {
    const client = new Client(this.config(wish));
    const lost = new AbortController();
    client.on('error', (error) => lost.abort(translateServerError(error, this.server.name)));
    try {
      await client.connect();
    } catch (error) {
      throw translateServerError(error, this.server.name);
    }
    try {
      return await work({ sql: sqlClient(client, this.server.name), lost: lost.signal });
    } finally {
      await client.end();
    }
  }

  /** One statement that takes seconds (making or dropping a database), apart from the pool's quick questions. */
  async runLong(statement: string): Promise<void> {
    await this.held({ database: this.server.adminDatabase }, ({ sql }) => sql.query(statement));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private config({
    database,
    login,
    statementTimeoutMs = STATEMENT_TIMEOUT_MS,
  }: ConnectionWish): ClientConfig {
    const { host, port, adminUser, adminPassword } = this.server;
    return {
      host,
      port,
      database,
      user: login?.user ?? adminUser,
      password: login?.password ?? adminPassword,
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      keepAlive: true,
    };
  }
}
