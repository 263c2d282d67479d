import type { AdminConnections } from './admin-connections';
import { lockUntilCommit, transaction } from './sql-client';

/** Every role of a tenant is a member: that is how the platform knows its own, and what lets Odoo into `postgres`. */
export const TENANTS_ROLE = 'saasodoo_tenants';

/**
 * Odoo cannot start without connecting to the database `postgres` (it looks there whether its own exists, and its bus
 * listens there). So tenants may connect to it, and can do nothing in it but read the catalogue, LISTEN and NOTIFY:
 * no temporary tables, no large objects (they would fill the disk), no advisory locks (they would block ours).
 */
const CLOSE_DOORS = [
  'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC',
  `GRANT CONNECT ON DATABASE postgres TO ${TENANTS_ROLE}`,
  'REVOKE ALL ON SCHEMA public FROM PUBLIC',
  `DO $$ DECLARE routine regprocedure; BEGIN
     FOR routine IN SELECT oid FROM pg_catalog.pg_proc
       WHERE pronamespace = 'pg_catalog'::regnamespace
         AND proname ~ '^(lo_(creat|create|from_bytea|put|import|open)|lowrite|pg_(try_)?advisory_.*)$'
     LOOP EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine); END LOOP;
   END $$`,
] as const;

/** Takes from everybody what a fresh server gives to everybody. Idempotent, also when several processes do it at once. */
export async function prepareServer(connections: AdminConnections): Promise<void> {
  await connections.held({ database: 'postgres' }, ({ sql }) =>
    transaction(sql, async () => {
      await lockUntilCommit(sql, TENANTS_ROLE);
      const found = await sql.query('SELECT FROM pg_roles WHERE rolname = $1', [TENANTS_ROLE]);
      if (found.length === 0) await sql.query(`CREATE ROLE ${TENANTS_ROLE} NOLOGIN`);
      for (const statement of CLOSE_DOORS) await sql.query(statement);
    }),
  );
}
