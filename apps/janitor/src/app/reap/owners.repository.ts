import { Inject, Injectable } from '@nestjs/common';
import { databaseRoleName } from '@saasodoo/instances/domain';
import { runSql, sql } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import type { Owners } from './owners';

interface OwnerRow {
  readonly id: string;
  readonly terminated: boolean;
  readonly busy: boolean;
  readonly database_role: string | null;
}

/** One statement, so that instances and their operations are of the same moment. */
const SELECT = sql`
  SELECT id, status = 'terminated' AS terminated, database_role, EXISTS (
    SELECT FROM operation WHERE instance_id = instance.id AND status IN ('queued', 'running', 'compensating')) AS busy
  FROM instance`;

/** Who owns things: the instances in PostgreSQL. */
@Injectable()
export class OwnersRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async read(): Promise<Owners> {
    const rows = await runSql<OwnerRow>(this.dataSource.manager, SELECT);
    const ids = (wanted: (row: OwnerRow) => boolean): Set<string> =>
      new Set(rows.filter(wanted).map(({ id }) => id));
    return {
      living: ids(({ terminated }) => !terminated),
      terminated: ids(({ terminated }) => terminated),
      busy: ids(({ busy }) => busy),
      byRole: new Map(rows.flatMap(rolesOf)),
    };
  }
}

/** The one on record, and the one it is made with: between the two a creation is under way, or a removal done. */
function rolesOf({ id, database_role }: OwnerRow): [string, string][] {
  return [database_role, databaseRoleName(id)].filter((role) => role !== null).map((role) => [role, id]);
}
