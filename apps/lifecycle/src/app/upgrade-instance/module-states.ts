import { Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { AppError } from '@saasodoo/kernel';
import type { JobDatabase } from '@saasodoo/tenants';

const PENDING = `SELECT name FROM ir_module_module
  WHERE state IN ('to install', 'to upgrade', 'to remove') ORDER BY name`;

/** What Odoo has written down of its modules. It may end well and have left some behind, such as those an image lacks. */
@Injectable()
export class ModuleStates {
  constructor(private readonly databases: TenantDatabases) {}

  /** Modules that are not what they are to become. Read as the instance's own role. */
  async pending({ name, user, password }: JobDatabase): Promise<readonly string[]> {
    const rows = await this.databases.withDatabase(name, (sql) => sql.query<{ name: string }>(PENDING), {
      user,
      password,
    });
    return rows.map((row) => row.name);
  }

  /** Throws `upgrade.modules_left` when modules are pending that were not `before`. */
  async assertSettled(database: JobDatabase, before: readonly string[]): Promise<void> {
    const left = (await this.pending(database)).filter((name) => !before.includes(name));
    if (left.length === 0) return;
    throw AppError.terminal('upgrade.modules_left', `modules were not upgraded: ${left.join(', ')}`, {
      hint: 'Does the new image have them, and what they depend on? Image and data are as they were.',
      facts: { modules: left.slice(0, 50) },
    });
  }
}
