export type { Login, TenantServer } from './admin-connections';
export type { DatabaseCopy } from './copy-database';
export type { DatabaseDescription } from './database-description';
export type { InstanceDatabase } from './instance-databases';
export type { RoleDescription } from './roles';
export type { DatabaseSwap } from './swap-databases';
export { type SqlClient, transaction } from './sql-client';
export { TenantDatabases } from './tenant-databases';
