import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { databaseRoleName, type Instance } from '@saasodoo/instances/domain';
import { SecretBox, systemClock, toErrorRecord } from '@saasodoo/kernel';
import { DataSource } from 'typeorm';
import { MonitorConfig } from '../app.config';
import type { DatabaseFact } from './diagnosis-facts';

const WITHIN_MS = 5_000;

/** Asks the tenants' database server about the database of an instance, as an administrator and as the instance itself. */
@Injectable()
export class DatabaseCheck implements OnApplicationShutdown {
  private readonly databases: TenantDatabases | undefined;
  private readonly secrets: InstanceSecretsRepository | undefined;

  constructor(
    private readonly controlDatabase: DataSource,
    config: MonitorConfig,
  ) {
    this.databases = serverOf(config);
    this.secrets =
      config.ENCRYPTION_KEY === undefined
        ? undefined
        : new InstanceSecretsRepository(new SecretBox(config.ENCRYPTION_KEY));
  }

  /** Never rejects: what cannot be looked at is unknown. */
  async look(instance: Instance): Promise<DatabaseFact> {
    const { databases } = this;
    const server = instance.databaseServer;
    if (server === undefined) return { state: 'unknown', detail: 'it has none' };
    if (databases?.serverName !== server) return { state: 'unknown', server, detail: 'nobody can look' };
    const over = new AbortController();
    try {
      return await Promise.race([this.ask(databases, instance, server), late(server, over.signal)]);
    } finally {
      over.abort();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.databases?.close();
  }

  private async ask(databases: TenantDatabases, instance: Instance, server: string): Promise<DatabaseFact> {
    try {
      const found = await databases.describe(instance.databaseName);
      if (found === undefined || found.isHalfDropped) return { state: 'missing', server };
    } catch (error) {
      const { code, message: detail } = toErrorRecord(error);
      const state = code === 'database_server.unreachable' ? 'server_down' : 'unknown';
      return { state, server, detail };
    }
    return await this.logIn(databases, instance, server);
  }

  private async logIn(databases: TenantDatabases, instance: Instance, server: string): Promise<DatabaseFact> {
    try {
      const password = await this.passwordOf(instance.id);
      if (password === undefined) return { state: 'fine', server, detail: 'it exists' };
      const login = { user: instance.databaseRole ?? databaseRoleName(instance.id), password };
      await databases.withDatabase(instance.databaseName, (sql) => sql.query('SELECT 1'), login);
      return { state: 'fine', server };
    } catch (error) {
      const { code, message: detail } = toErrorRecord(error);
      return { state: code === 'database_server.login_refused' ? 'refused' : 'unknown', server, detail };
    }
  }

  private async passwordOf(id: string): Promise<string | undefined> {
    const { databasePassword } = (await this.secrets?.open(this.controlDatabase.manager, id)) ?? {};
    return databasePassword;
  }
}

function serverOf(config: MonitorConfig): TenantDatabases | undefined {
  const { TENANT_DATABASE_HOST: host, TENANT_DATABASE_PASSWORD: adminPassword } = config;
  if (host === undefined || adminPassword === undefined) return undefined;
  return new TenantDatabases({
    name: host,
    host,
    port: config.TENANT_DATABASE_PORT,
    adminUser: config.TENANT_DATABASE_ADMIN,
    adminPassword,
    adminDatabase: 'postgres',
  });
}

/** Behind a firewall nobody says no. */
async function late(server: string, signal: AbortSignal): Promise<DatabaseFact> {
  await systemClock.sleep(WITHIN_MS, signal).catch(() => undefined);
  return { state: 'server_down', server, detail: `no answer within ${WITHIN_MS / 1000} s` };
}
