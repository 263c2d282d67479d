import { Inject, Injectable } from '@nestjs/common';
import { BackupScheduleRepository } from '@saasodoo/backups/data-access';
import {
  assertBackupAllowed,
  backupMinute,
  type BackupSchedule,
  nextBackupAt,
} from '@saasodoo/backups/domain';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope, readScope } from '@saasodoo/identity/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { AppError } from '@saasodoo/kernel';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import type { ChangeRequest } from '../instances/change-request';
import { instanceUnknown } from '../instances/instance-unknown';
import type { BackupScheduleRequest } from './backup-schedule.request';
import { BackupScheduleResponse } from './backup-schedule.response';

/** When an instance is backed up by itself. */
@Injectable()
export class BackupSchedules {
  constructor(
    @Inject(BackupScheduleRepository) private readonly schedules: BackupScheduleRepository,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `instance.not_found`, `backup_schedule.not_found`. */
  async get(instanceId: string, actor: Actor): Promise<BackupScheduleResponse> {
    if ((await this.instances.findInScope(instanceId, readScope(actor))) === undefined)
      throw instanceUnknown();
    const schedule = await this.schedules.find(instanceId);
    if (schedule === undefined) throw noSchedule();
    return BackupScheduleResponse.of(schedule);
  }

  /** Throws `instance.not_found`, `role.insufficient`, and what `assertBackupAllowed` throws. */
  async put(
    instanceId: string,
    request: BackupScheduleRequest,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<BackupScheduleResponse>> {
    const scope = changeScope(actor);
    const attempt = { scope: actor.customerId, key, operation: `backup-schedule:${instanceId}`, request };
    return this.requests.run(attempt, async (em) => {
      const instance = await this.instances.lockInScope(em, instanceId, scope);
      if (instance === undefined) throw instanceUnknown();
      assertBackupAllowed(instance);
      const before = await this.schedules.find(instanceId, em);
      const schedule = scheduleOf(instanceId, request);
      await this.schedules.put(schedule, em);
      const body = BackupScheduleResponse.of(schedule);
      await this.audit.record(em, {
        ...{ actor, customerId: instance.customerId, action: 'backup_schedule.put', subject: instanceId },
        ...(before === undefined ? {} : { before: { ...BackupScheduleResponse.of(before) } }),
        after: { ...body },
      });
      return { status: 200, headers: {}, body };
    });
  }
}

function scheduleOf(instanceId: string, request: BackupScheduleRequest): BackupSchedule {
  const { enabled, hour, keep_daily: daily, keep_weekly: weekly, keep_monthly: monthly } = request;
  const nextAt = nextBackupAt(new Date(), { hour, minute: backupMinute(instanceId) });
  return { instanceId, enabled, hour, daily, weekly, monthly, nextAt, failures: 0 };
}

function noSchedule(): AppError {
  return AppError.terminal('backup_schedule.not_found', 'the instance is not backed up by itself', {
    httpStatus: 404,
    hint: 'Give it a schedule with PUT.',
  });
}
