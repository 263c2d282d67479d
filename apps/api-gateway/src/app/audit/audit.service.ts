import { Inject, Injectable } from '@nestjs/common';
import { type AuditFilter, AuditLogRepository, type RecordedEntry } from '@saasodoo/identity/data-access';
import { moment, type Query, text, uuid } from '../http/filters';
import { assertKnownParameters, type Page, parsePage } from '../http/page';
import { AuditEntryResponse } from './audit-entry.response';
import type { AuditListResponse } from './audit-list.response';

const OWN_PARAMETERS = ['page', 'page_size', 'subject', 'action', 'from', 'to'];
const PARAMETERS = [...OWN_PARAMETERS, 'actor', 'customer'];

/** What was written down, for those who may read it. */
@Injectable()
export class AuditService {
  constructor(@Inject(AuditLogRepository) private readonly audit: AuditLogRepository) {}

  /** What concerns the customer, whoever did it. Throws `InvalidRequest`. */
  ofCustomer(customerId: string, query: Query): Promise<AuditListResponse> {
    assertKnownParameters(query, OWN_PARAMETERS);
    return this.list({ ...filterOf(query), customerId }, (entry) => AuditEntryResponse.forCustomer(entry));
  }

  /** Everything. Throws `InvalidRequest`. */
  all(query: Query): Promise<AuditListResponse> {
    assertKnownParameters(query, PARAMETERS);
    const { actor: actorId } = uuid(query, 'actor');
    const { customer: customerId } = uuid(query, 'customer');
    const filter = {
      ...filterOf(query),
      ...(actorId === undefined ? {} : { actorId }),
      ...(customerId === undefined ? {} : { customerId }),
    };
    return this.list(filter, (entry) => AuditEntryResponse.of(entry));
  }

  private async list(
    filter: AuditFilter & Page,
    show: (entry: RecordedEntry) => AuditEntryResponse,
  ): Promise<AuditListResponse> {
    const { entries, total } = await this.audit.list(filter);
    return { entries: entries.map(show), total, page: filter.page, page_size: filter.pageSize };
  }
}

function filterOf(query: Query): AuditFilter {
  return {
    ...parsePage(query),
    ...text(query, 'subject'),
    ...text(query, 'action'),
    ...moment(query, 'from'),
    ...moment(query, 'to'),
  };
}
