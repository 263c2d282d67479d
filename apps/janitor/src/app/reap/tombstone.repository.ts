import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@saasodoo/kernel';
import { runSql, sql } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import type { Thing, Tombstone } from './thing';

interface TombstoneRow<Kind extends string> {
  readonly id: string;
  readonly kind: Kind;
  readonly thing_id: string;
  readonly name: string;
  readonly owner_id: string | null;
  readonly found_at: Date;
  readonly quarantined_at: Date | null;
}

/** What a tombstone is made for; a final dump has one too, though it is nobody's orphan. */
export interface TombstoneSubject {
  readonly kind: Thing['kind'] | 'final_dump';
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerId: string | undefined;
  readonly reason: string;
  readonly sizeBytes: number | undefined;
}

/** The tombstones in PostgreSQL. */
@Injectable()
export class TombstoneRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Those that stand for something that is still there. */
  async open<Kind extends TombstoneSubject['kind']>(
    kinds: readonly Kind[],
  ): Promise<(Omit<Tombstone, 'kind'> & { readonly kind: Kind })[]> {
    const rows = await runSql<TombstoneRow<Kind>>(
      this.dataSource.manager,
      sql`SELECT id, kind, thing_id, name, owner_id, found_at, quarantined_at FROM tombstone
          WHERE deleted_at IS NULL AND kind = ANY (${kinds}::text[]) ORDER BY found_at, id`,
    );
    return rows.map(({ id, kind, name, ...row }) => ({
      id,
      kind,
      name,
      thingId: row.thing_id,
      ownerId: row.owner_id ?? undefined,
      foundAt: row.found_at,
      quarantinedAt: row.quarantined_at ?? undefined,
    }));
  }

  /** Does nothing when there is one already. */
  async add({ kind, id, name, labels, ownerId, reason, sizeBytes }: TombstoneSubject): Promise<void> {
    await runSql(
      this.dataSource.manager,
      sql`INSERT INTO tombstone (id, kind, thing_id, name, labels, owner_id, reason, size_bytes)
          VALUES (${newId()}, ${kind}, ${id}, ${name}, ${JSON.stringify(labels)}, ${ownerId ?? null}, ${reason},
            ${sizeBytes ?? null})
          ON CONFLICT (kind, thing_id) WHERE deleted_at IS NULL DO NOTHING`,
    );
  }

  async markQuarantined(id: string): Promise<void> {
    await runSql(
      this.dataSource.manager,
      sql`UPDATE tombstone SET quarantined_at = clock_timestamp() WHERE id = ${id} AND quarantined_at IS NULL`,
    );
  }

  async markDeleted(id: string): Promise<void> {
    await runSql(
      this.dataSource.manager,
      sql`UPDATE tombstone SET deleted_at = clock_timestamp() WHERE id = ${id} AND deleted_at IS NULL`,
    );
  }

  /** Of what was removed long ago; at most `limit`, answers how many. */
  async prune(olderThanDays: number, limit: number): Promise<number> {
    const pruned = await runSql(
      this.dataSource.manager,
      sql`DELETE FROM tombstone WHERE id IN (
            SELECT id FROM tombstone WHERE deleted_at < now() - make_interval(days => ${olderThanDays}::int)
            ORDER BY deleted_at LIMIT ${limit})
          RETURNING id`,
    );
    return pruned.length;
  }

  /** It stands for nothing any more: what it was made for has an owner. */
  async remove(id: string): Promise<void> {
    await runSql(this.dataSource.manager, sql`DELETE FROM tombstone WHERE id = ${id}`);
  }
}
