import type { FactoryProvider } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { BackupsConfig } from './backups.config';

/** The server that carries the tenants' databases. */
export const tenantDatabasesProvider: FactoryProvider<TenantDatabases> = {
  provide: TenantDatabases,
  inject: [BackupsConfig],
  useFactory: (config: BackupsConfig) =>
    new TenantDatabases({
      name: config.TENANT_DATABASE_HOST,
      host: config.TENANT_DATABASE_HOST,
      port: config.TENANT_DATABASE_PORT,
      adminUser: config.TENANT_DATABASE_ADMIN,
      adminPassword: config.TENANT_DATABASE_PASSWORD,
      adminDatabase: 'postgres',
      platform: config.PLATFORM_NAME,
    }),
};
