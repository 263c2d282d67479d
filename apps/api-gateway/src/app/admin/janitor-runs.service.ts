import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import type { Actor } from '@saasodoo/identity/domain';
import { flag, type Query } from '../http/filters';
import { assertKnownParameters } from '../http/page';
import { JanitorClient } from './janitor-client';
import type { JanitorReportResponse } from './janitor-report.response';

/** Runs of the janitor that an operator asks for. */
@Injectable()
export class JanitorRuns {
  constructor(
    @Inject(JanitorClient) private readonly janitor: JanitorClient,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Written down before, since a run may outlive the request; and after. Throws `InvalidRequest` and what the janitor says. */
  async run(query: Query, actor: Actor): Promise<JanitorReportResponse> {
    assertKnownParameters(query, ['dry_run']);
    const { dry_run = false } = flag(query, 'dry_run');
    const entry = { actor, action: 'janitor.run', subject: 'janitor' };
    await this.audit.recordAlone({ ...entry, after: { dry_run }, result: 'asked' });
    const report = await this.janitor.run(dry_run);
    await this.audit.recordAlone({ ...entry, after: { dry_run, run_id: report.id } });
    return report;
  }
}
