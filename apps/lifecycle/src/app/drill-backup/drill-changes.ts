import { Injectable } from '@nestjs/common';
import { BackupDrillRepository, BackupRepository } from '@saasodoo/backups/data-access';
import { type DrillResult, judgeDrill } from '@saasodoo/backups/domain';
import { AlarmRaised, InstanceBackupDrillFailed, InstanceBackupDrillPassed } from '@saasodoo/contracts';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { type ErrorRecord, systemClock } from '@saasodoo/kernel';
import { Outbox } from '@saasodoo/messaging';
import type { Operation } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';
import { inputText } from '../backups/instance-data';
import { metaOf, payloadOf } from '../backups/operation-message';
import { DrillMetrics } from './drill-metrics';
import { drillResult, hasAnswered, isScheduled } from './drill-result';
import { restorableCondition } from './restorable-condition';

const SOURCE = 'lifecycle';
const MAX_ALARM_LENGTH = 2_000;

/** What a drill leaves, in the transaction that ends its operation: a result on the backup, or the reason why there is none. */
@Injectable()
export class DrillChanges {
  constructor(
    private readonly drills: BackupDrillRepository,
    private readonly backups: BackupRepository,
    private readonly instances: InstanceRepository,
    private readonly outbox: Outbox,
    private readonly metrics: DrillMetrics,
  ) {}

  async ended(em: EntityManager, operation: Operation, error?: ErrorRecord): Promise<void> {
    const known = error === undefined ? {} : { error };
    const verdict = judgeDrill({ answered: hasAnswered(operation), ...known });
    const now = systemClock.now();
    this.metrics.count(verdict);
    if (verdict !== 'put off') {
      return this.record(em, operation, drillResult(operation, { status: verdict, error, now }));
    }
    const why = error ?? { code: 'internal', message: 'no reason is known' };
    await this.drills.putOff(em, inputText(operation, 'backup_id'), {
      ...{ at: now.toISOString(), scheduled: isScheduled(operation), error: why },
    });
  }

  /** A backup that was deleted meanwhile needs no result, and nobody needs to hear of it. */
  private async record(em: EntityManager, operation: Operation, result: DrillResult): Promise<void> {
    const backupId = inputText(operation, 'backup_id');
    if (!(await this.drills.record(em, backupId, result))) return;
    const condition = restorableCondition(await this.backups.get(backupId, em), result);
    await this.instances.stateCondition(em, operation.instanceId, condition);
    const payload = { ...payloadOf(operation), backup_id: backupId };
    if (result.status === 'passed') {
      await this.outbox.append(em, InstanceBackupDrillPassed, payload, metaOf(operation));
      return;
    }
    const error_code = result.error?.code ?? 'internal';
    await this.outbox.append(em, InstanceBackupDrillFailed, { ...payload, error_code }, metaOf(operation));
    const message = `instance ${operation.instanceId}: ${condition.message}`.slice(0, MAX_ALARM_LENGTH);
    const alarm = { source: SOURCE, code: 'backup.drill_failed', message };
    await this.outbox.append(em, AlarmRaised, alarm, { ...metaOf(operation), subject: SOURCE });
  }
}
