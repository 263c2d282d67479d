import { Inject, Injectable } from '@nestjs/common';
import { BackupExpiryRepository, BackupRepository } from '@saasodoo/backups/data-access';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import type { OperatorRequest } from '../admin/operator-request';
import type { Answer } from '../http/answer';
import { timestamp } from '../http/timestamp';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { backupUnknown } from './backup-unknown';
import { BackupResponse } from './backup.response';
import type { KeepBackupRequest } from './keep-backup.request';

/** Until when backups are kept, where operators say so. */
@Injectable()
export class BackupEnds {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(BackupRepository) private readonly backups: BackupRepository,
    @Inject(BackupExpiryRepository) private readonly expiry: BackupExpiryRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `backup.not_found`. */
  async set(
    { id, actor, idempotencyKey: key }: OperatorRequest,
    request: KeepBackupRequest,
  ): Promise<Answer<BackupResponse>> {
    const attempt = { scope: actor.customerId, key, operation: `keep-backup:${id}`, request };
    return this.requests.run(attempt, async (em) => {
      const before = await this.backups.findInScope(id, {}, em);
      if (before === undefined) throw backupUnknown();
      const { expires_at } = request;
      await this.expiry.setEnd(em, id, expires_at === undefined ? undefined : new Date(expires_at));
      const after = await this.backups.get(id, em);
      await this.audit.record(em, {
        ...{ actor, customerId: before.customerId, action: 'backup.keep', subject: id },
        before: { expires_at: timestamp(before.expiresAt) },
        after: { expires_at: timestamp(after.expiresAt) },
      });
      return { status: 200, headers: {}, body: BackupResponse.of(after) };
    });
  }
}
