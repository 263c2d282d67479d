import { Injectable } from '@nestjs/common';
import type { Role } from '@saasodoo/identity/domain';
import { runSql, sql, writeTogether } from '@saasodoo/persistence';
import type { EntityManager } from 'typeorm';
import { auditWrite } from './audit-entry';

/** The roles of accounts, and who may not lose theirs. */
@Injectable()
export class RoleRepository {
  /**
   * Locks the admins' rows until the transaction ends and answers their ids: changes of roles take turns, so that two admins
   * cannot remove each other at the same time.
   */
  async lockAdmins(em: EntityManager): Promise<string[]> {
    const rows = await runSql<{ id: string }>(
      em,
      sql`SELECT id FROM customer WHERE role = 'admin' ORDER BY id FOR UPDATE`,
    );
    return rows.map(({ id }) => id);
  }

  async setRole(em: EntityManager, customerId: string, role: Role): Promise<void> {
    await runSql(em, sql`UPDATE customer SET role = ${role} WHERE id = ${customerId}`);
  }

  /** Makes the account an admin and writes that down; answers whether it was none. */
  async promoteOperator(em: EntityManager, email: string): Promise<boolean> {
    const [found] = await runSql<{ id: string; role: Role }>(
      em,
      sql`SELECT id, role FROM customer WHERE email = ${email} FOR UPDATE`,
    );
    if (found === undefined || found.role === 'admin') return false;
    const { id, role } = found;
    const entry = { customerId: id, action: 'customer.set_role', subject: id };
    await writeTogether(em, [
      sql`UPDATE customer SET role = 'admin' WHERE id = ${id}`,
      auditWrite({ ...entry, before: { role }, after: { role: 'admin' } }),
    ]);
    return true;
  }
}
