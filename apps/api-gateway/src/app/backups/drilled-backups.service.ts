import { Inject, Injectable } from '@nestjs/common';
import { BackupDrillRepository, drillFilters } from '@saasodoo/backups/data-access';
import { choice, type Query, uuid } from '../http/filters';
import { assertKnownParameters, parsePage } from '../http/page';
import type { BackupListResponse } from './backup-list.response';
import { BackupResponse } from './backup.response';

/** Complete backups of all customers, by what their last drill said. */
@Injectable()
export class DrilledBackups {
  constructor(@Inject(BackupDrillRepository) private readonly drills: BackupDrillRepository) {}

  /** Throws `InvalidRequest` for a query it cannot follow. */
  async list(query: Query): Promise<BackupListResponse> {
    assertKnownParameters(query, ['page', 'page_size', 'drill', 'customer']);
    const { page, pageSize } = parsePage(query);
    const { customer: customerId } = uuid(query, 'customer');
    const { backups, total } = await this.drills.list({
      ...{ page, pageSize },
      ...choice(query, 'drill', drillFilters),
      ...(customerId === undefined ? {} : { customerId }),
    });
    return { backups: backups.map((backup) => BackupResponse.of(backup)), total, page, page_size: pageSize };
  }
}
