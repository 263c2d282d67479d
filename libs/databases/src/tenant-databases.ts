import type { ConnectionWish } from './admin-connections';
import { AdminConnections, type Login, type TenantServer } from './admin-connections';
import { copyDatabase, type DatabaseCopy } from './copy-database';
import { type DatabaseDescription, describeDatabase, listDatabases } from './database-description';
import { setDatabaseAccess } from './database-access';
import { dropDatabase, ensureDatabase, type InstanceDatabase } from './instance-databases';
import { quotedName } from './names';
import { dropRole, ensureRole, listRoles, type RoleDescription, setRoleLogin } from './roles';
import { withServerLock } from './server-lock';
import { prepareServer } from './server-preparation';
import type { SqlClient } from './sql-client';
import { type DatabaseSwap, swapBack, swapIn } from './swap-databases';
import { createEmpty, dropTemplate, sealTemplate, unsealTemplate } from './templates';

/**
 * One PostgreSQL server for tenants. Everything can be repeated, after a crash at any moment as well.
 * Besides what a method names, it throws `database_server.unreachable`, `.login_refused` or `.too_slow` (all retryable),
 * and `database.name_malformed` or `.name_reserved`.
 */
export class TenantDatabases {
  private readonly connections: AdminConnections;
  private prepared: Promise<void> | undefined;

  constructor(server: TenantServer) {
    this.connections = new AdminConnections(server);
  }

  get serverName(): string {
    return this.connections.server.name;
  }

  /** Hardens the server; the first role or template does it too. Idempotent. */
  async prepareServer(): Promise<void> {
    this.prepared ??= prepareServer(this.connections).catch((error: unknown) => {
      this.prepared = undefined;
      throw error;
    });
    await this.prepared;
  }

  /** The role can log in with `password` (8 to 256 printable ASCII), and owns nothing yet. Throws `database.not_ours`. */
  async ensureRole(role: string, password: string): Promise<void> {
    await this.prepareServer();
    await ensureRole(this.connections, role, password);
  }

  /** Ends its sessions and removes it. Throws `database.role_in_use` while it owns a database. */
  async dropRole(role: string): Promise<void> {
    await dropRole(this.connections, role);
  }

  /**
   * The database exists, with everything in it, for `owner` alone.
   * Throws `database.name_taken` (409), `database.template_busy` (retryable) or `database.template_unsafe`.
   */
  async ensureDatabase(wish: InstanceDatabase): Promise<void> {
    await ensureDatabase(this.connections, wish);
  }

  /**
   * Copies a database of an instance that nobody uses.
   * Throws `database.copy_source_missing`, `database.not_ours`, `database.name_taken`, `database.busy` (retryable).
   */
  async copyDatabase(copy: DatabaseCopy): Promise<void> {
    await copyDatabase(this.connections, copy);
  }

  /** The database is gone, with its sessions. Throws `database.not_ours`, or `database.busy` (retryable). */
  async dropDatabase(name: string, owner: { readonly owner: string }): Promise<void> {
    await dropDatabase(this.connections, name, owner);
  }

  async describe(name: string): Promise<DatabaseDescription | undefined> {
    return describeDatabase(this.connections.sql, name);
  }

  /** Databases of instances, finished or not, and templates that were sealed. */
  async list(): Promise<DatabaseDescription[]> {
    return listDatabases(this.connections.sql);
  }

  /**
   * The staged database takes the place of the live one, which is kept; done already when nothing is staged.
   * Throws `database.not_ours`, `database.busy` (retryable).
   */
  async swapIn(swap: DatabaseSwap): Promise<void> {
    await swapIn(this.connections, swap);
  }

  /** Undoes `swapIn`, whether or not it was done. */
  async swapBack(swap: DatabaseSwap): Promise<void> {
    await swapBack(this.connections, swap);
  }

  /** Lets sessions into the database, or nobody; turned back without loss. Throws `database.not_ours`. */
  async setAccess(name: string, access: { readonly owner: string; readonly open: boolean }): Promise<void> {
    await setDatabaseAccess(this.connections, name, access);
  }

  /** Roles made by `ensureRole`, also those of other platforms. */
  async listRoles(): Promise<RoleDescription[]> {
    return listRoles(this.connections);
  }

  /** Lets the role log in, or not. Throws `database.not_ours`. */
  async setRoleLogin(role: string, canLogIn: boolean): Promise<void> {
    await setRoleLogin(this.connections, role, canLogIn);
  }

  /**
   * Makes an empty database that `builder` (made by `ensureRole`) fills, to be sealed afterwards.
   * Throws `database.name_taken`: what a crash left half-built is dropped with `dropTemplate`, never built on.
   */
  async createEmpty(name: string, builder: string): Promise<void> {
    await this.prepareServer();
    await createEmpty(this.connections, name, builder);
  }

  /**
   * From now on it can be cloned and not be entered. `comment` is a JSON object whose first key begins with `saasodoo.`.
   * Throws `database.not_ours`.
   */
  async sealTemplate(name: string, comment: string): Promise<void> {
    await sealTemplate(this.connections, name, comment);
  }

  /** Opens it for its builder; it is not cloned meanwhile. Throws `database.not_ours`. */
  async unsealTemplate(name: string): Promise<void> {
    await unsealTemplate(this.connections, name);
  }

  /** Sealed or half-built, it is gone. Throws `database.not_ours`, or `database.busy` (retryable) while it is cloned. */
  async dropTemplate(name: string): Promise<void> {
    await dropTemplate(this.connections, name);
  }

  /**
   * Waits for the lock `name` of this server, then runs `work` while holding it. The signal that `work` gets aborts with
   * `signal`, and when the lock is lost because its connection broke.
   */
  async withLock<T>(
    name: string,
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return withServerLock(this.connections, { name, work, signal });
  }

  /**
   * Runs `work` on one connection to the database `name`, as administrator unless `login` is given. As administrator only
   * where no tenant has run anything yet: triggers and functions of a tenant would run with all rights.
   */
  async withDatabase<T>(name: string, work: (sql: SqlClient) => Promise<T>, login?: Login): Promise<T> {
    quotedName(name);
    const wish: ConnectionWish = { database: name, ...(login === undefined ? {} : { login }) };
    return this.connections.held(wish, ({ sql }) => work(sql));
  }

  async close(): Promise<void> {
    await this.connections.close();
  }
}
