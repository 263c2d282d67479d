import type { MigrationInterface } from 'typeorm';
import { MessagingMigration } from './0001-messaging';
import { InstancesMigration } from './0002-instances';
import { IdentityMigration } from './0003-identity';
import { LifecycleMigration } from './0004-lifecycle';
import { ObservationsMigration } from './0005-observations';
import { AccessMigration } from './0006-access';
import { JanitorMigration } from './0007-janitor';
import { BackupsMigration } from './0008-backups';
import { StorageUsageMigration } from './0009-storage-usage';
import { OdooImageMigration } from './0010-odoo-image';
import { ImportsMigration } from './0011-imports';

/**
 * Every migration, in the order they run. To add one: a file `NNNN-topic.ts` with a class `TopicMigration` whose `name`
 * ends in NNNN written with 13 digits (TypeORM orders by them), then one line here.
 */
export const migrations: readonly (new () => MigrationInterface)[] = [
  MessagingMigration,
  InstancesMigration,
  IdentityMigration,
  LifecycleMigration,
  ObservationsMigration,
  AccessMigration,
  JanitorMigration,
  BackupsMigration,
  StorageUsageMigration,
  OdooImageMigration,
  ImportsMigration,
];
