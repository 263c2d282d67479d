export { type AcquireOptions, AdvisoryLock } from './advisory-lock';
export { createDataSource, type DatabaseOptions, type EntityClass } from './create-data-source';
export { DatabaseSession } from './database-session';
export { migrate } from './migrate';
export { PersistenceModule, type PersistenceModuleOptions } from './persistence.module';
export { runInTransaction } from './run-in-transaction';
export { runSql, writeTogether } from './run-sql';
export { Sql, sql } from './sql';
export { sqlState, violates } from './sql-state';
