import { Inject, Injectable } from '@nestjs/common';
import { BackupRepository, BackupScheduleRepository, ImportRepository } from '@saasodoo/backups/data-access';
import type { Backup } from '@saasodoo/backups/domain';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { InstanceRepository, ObservationRepository } from '@saasodoo/instances/data-access';
import type { Instance } from '@saasodoo/instances/domain';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { AuditEntryResponse } from '../audit/audit-entry.response';
import { BackupScheduleResponse } from '../backups/backup-schedule.response';
import { BackupResponse } from '../backups/backup.response';
import { BackupStores } from '../backups/backup-stores';
import { ImportResponse } from '../imports/import.response';
import { InstanceResponse } from '../instances/instance.response';
import { ConditionChangeResponse } from '../monitoring/condition-change.response';
import { OperationResponse } from '../operations/operation.response';
import type { Page } from '../http/page';
import { everyPage } from './every-page';

/** Everything that is known of a customer's things, as the API shows it to them, one at a time. */
@Injectable()
export class ExportLists {
  private readonly instanceRows: InstanceRepository;
  private readonly backupRows: BackupRepository;
  private readonly operationRows: OperationRepository;

  constructor(
    @Inject(BackupStores) { instances, backups, operations }: BackupStores,
    @Inject(BackupScheduleRepository) private readonly schedules: BackupScheduleRepository,
    @Inject(ImportRepository) private readonly importRows: ImportRepository,
    @Inject(ObservationRepository) private readonly observations: ObservationRepository,
    @Inject(AuditLogRepository) private readonly auditLog: AuditLogRepository,
  ) {
    [this.instanceRows, this.backupRows, this.operationRows] = [instances, backups, operations];
  }

  /** With their settings, and when they are backed up by themselves. */
  async *instances(customerId: string): AsyncGenerator<object> {
    for await (const instance of this.everyInstance(customerId)) {
      const schedule = await this.schedules.find(instance.id);
      const { operation: _newest, ...shown } = InstanceResponse.of(instance, undefined);
      yield {
        ...shown,
        environment: instance.environment ?? {},
        backup_schedule: schedule === undefined ? null : BackupScheduleResponse.of(schedule),
      };
    }
  }

  async *backups(customerId: string): AsyncGenerator<object> {
    for await (const backup of this.everyBackup(customerId)) {
      const isKept = backup.status === 'completed';
      const download = isKept ? `/instance/backups/${backup.id}/download` : null;
      yield { ...BackupResponse.of(backup), download };
    }
  }

  /** The newest one of each instance that can be downloaded. */
  async newestBackups(customerId: string): Promise<Backup[]> {
    const newest = new Map<string, Backup>();
    for await (const backup of this.everyBackup(customerId)) {
      const isFirst = backup.status === 'completed' && !newest.has(backup.instanceId);
      if (isFirst) newest.set(backup.instanceId, backup);
    }
    return [...newest.values()];
  }

  async *imports(customerId: string): AsyncGenerator<object> {
    const read = async (page: Page) => (await this.importRows.list({ customerId, ...page })).imports;
    for await (const one of everyPage(read, ({ id }) => id)) yield ImportResponse.of(one);
  }

  async *operations(customerId: string): AsyncGenerator<object> {
    const read = async (page: Page) => (await this.operationRows.list({ customerId, ...page })).operations;
    for await (const one of everyPage(read, ({ id }) => id)) yield OperationResponse.of(one);
  }

  async *audit(customerId: string): AsyncGenerator<object> {
    const read = async (page: Page) => (await this.auditLog.list({ customerId, ...page })).entries;
    for await (const one of everyPage(read, ({ id }) => id)) yield AuditEntryResponse.forCustomer(one);
  }

  /** How the instances were. */
  async *history(customerId: string): AsyncGenerator<object> {
    for await (const { id } of this.everyInstance(customerId)) {
      const read = async (page: Page) => (await this.observations.history(id, page)).changes;
      for await (const one of everyPage(read, ({ sequence }) => sequence))
        yield ConditionChangeResponse.of(one);
    }
  }

  private everyInstance(customerId: string): AsyncGenerator<Instance> {
    return everyPage(
      async (page) => (await this.instanceRows.list({ customerId, ...page })).instances,
      ({ id }) => id,
    );
  }

  /** Newest first, instance by instance. */
  private async *everyBackup(customerId: string): AsyncGenerator<Backup> {
    for await (const { id: instanceId } of this.everyInstance(customerId)) {
      const read = async (page: Page) => (await this.backupRows.list({ instanceId, ...page })).backups;
      yield* everyPage(read, ({ id }) => id);
    }
  }
}
