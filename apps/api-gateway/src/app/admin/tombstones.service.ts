import { Inject, Injectable } from '@nestjs/common';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import { flag, type Query, text } from '../http/filters';
import { assertKnownParameters, parsePage } from '../http/page';
import { timestamp } from '../http/timestamp';
import type { TombstoneListResponse, TombstoneResponse } from './tombstone.response';

const PARAMETERS = ['page', 'page_size', 'kind', 'deleted'];

interface TombstoneRow {
  readonly id: string;
  readonly kind: string;
  readonly thing_id: string;
  readonly name: string;
  readonly owner_id: string | null;
  readonly reason: string;
  readonly size_bytes: number | null;
  readonly found_at: Date;
  readonly quarantined_at: Date | null;
  readonly deleted_at: Date | null;
}

/** What the janitor has set aside and removed. */
@Injectable()
export class TombstonesService {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Throws `InvalidRequest` for a query it cannot follow. */
  async list(query: Query): Promise<TombstoneListResponse> {
    assertKnownParameters(query, PARAMETERS);
    const { page, pageSize } = parsePage(query);
    const condition = conditionOf(query);
    const { manager } = this.dataSource;
    const [rows, [counted]] = await Promise.all([
      runSql<TombstoneRow>(
        manager,
        sql`SELECT id, kind, thing_id, name, owner_id, reason, size_bytes::float8 AS size_bytes, found_at,
              quarantined_at, deleted_at
            FROM tombstone WHERE ${condition} ORDER BY found_at DESC, id DESC
            LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ total: number }>(
        manager,
        sql`SELECT count(*)::int AS total FROM tombstone WHERE ${condition}`,
      ),
    ]);
    return { tombstones: rows.map(toResponse), total: counted?.total ?? 0, page, page_size: pageSize };
  }
}

function conditionOf(query: Query): Sql {
  const { kind } = text(query, 'kind');
  const { deleted } = flag(query, 'deleted');
  const ofKind = kind === undefined ? sql`true` : sql`kind = ${kind}`;
  return deleted === undefined ? ofKind : sql`${ofKind} AND (deleted_at IS NOT NULL) = ${deleted}`;
}

function toResponse({ found_at, quarantined_at, deleted_at, ...row }: TombstoneRow): TombstoneResponse {
  return {
    ...row,
    found_at: found_at.toISOString(),
    quarantined_at: timestamp(quarantined_at ?? undefined),
    deleted_at: timestamp(deleted_at ?? undefined),
  };
}
