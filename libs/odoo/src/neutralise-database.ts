import { AppError } from '@saasodoo/kernel';
import { type SqlClient } from './sql-client';

/** What a copy must not do, by the table it needs: modules that are not installed have none. */
interface Rule {
  readonly table: string;
  /** Besides `id`; a version that has not got one of them is left alone. */
  readonly columns: readonly string[];
  readonly silence: string;
  /** Counts what could still reach the outside. */
  readonly loud: string;
}

const AUTOVACUUM = `SELECT res_id FROM ir_model_data
  WHERE module = 'base' AND name = 'autovacuum_job' AND model = 'ir.cron'`;
/** Nobody listens there. Without any server Odoo would take the one of its configuration. */
const NOWHERE = 'invalid';

const RULES: readonly Rule[] = [
  {
    table: 'ir_mail_server',
    columns: ['active', 'smtp_host'],
    silence: `UPDATE ir_mail_server SET active = (smtp_host = '${NOWHERE}')`,
    loud: `SELECT count(*)::int AS n FROM ir_mail_server WHERE active AND smtp_host <> '${NOWHERE}'`,
  },
  {
    table: 'fetchmail_server',
    columns: ['active'],
    silence: 'UPDATE fetchmail_server SET active = false',
    loud: 'SELECT count(*)::int AS n FROM fetchmail_server WHERE active',
  },
  {
    table: 'ir_cron',
    columns: ['active'],
    silence: `UPDATE ir_cron SET active = false WHERE id NOT IN (${AUTOVACUUM})`,
    loud: `SELECT count(*)::int AS n FROM ir_cron WHERE active AND id NOT IN (${AUTOVACUUM})`,
  },
  ...['payment_acquirer', 'payment_provider'].map((table) => ({
    table,
    columns: ['state'],
    silence: `UPDATE ${table} SET state = 'disabled' WHERE state <> 'disabled'`,
    loud: `SELECT count(*)::int AS n FROM ${table} WHERE state <> 'disabled'`,
  })),
  {
    table: 'iap_account',
    columns: ['account_token'],
    silence: `UPDATE iap_account SET account_token = regexp_replace(account_token, '(\\+.*)?$', '+disabled')`,
    loud: `SELECT count(*)::int AS n FROM iap_account WHERE account_token NOT LIKE '%+disabled'`,
  },
  {
    table: 'delivery_carrier',
    columns: ['prod_environment'],
    silence: 'UPDATE delivery_carrier SET prod_environment = false',
    loud: 'SELECT count(*)::int AS n FROM delivery_carrier WHERE prod_environment',
  },
];

/**
 * Takes from a copy what reaches the outside: mail out and in, scheduled jobs, payments, paid services, carriers. Runs in the
 * caller's transaction, before an Odoo starts on it; Odoo 14 has no command for it. Checked at the end.
 * Throws `odoo.not_neutral` when something could still reach the outside.
 */
export async function neutraliseDatabase(sql: SqlClient): Promise<void> {
  const present = await presentRules(sql);
  for (const { silence } of present) await sql.query(silence);
  await addNowhere(sql);
  await sql.query(`DELETE FROM ir_config_parameter WHERE key IN ('database.enterprise_code', 'ocn.uuid')`);
  await sql.query(
    `INSERT INTO ir_config_parameter (key, value) VALUES ('database.is_neutralized', 'True')
     ON CONFLICT (key) DO UPDATE SET value = 'True'`,
  );
  await assertNeutral(sql, present);
}

async function assertNeutral(sql: SqlClient, rules: readonly Rule[]): Promise<void> {
  for (const { table, loud } of rules) {
    const [counted] = await sql.query<{ n: number }>(loud);
    if (counted?.n === 0) continue;
    throw AppError.terminal('odoo.not_neutral', `the copy could still reach the outside through ${table}`, {
      hint: 'It is not started. A trigger in the database may undo what is done to that table.',
      facts: { table },
    });
  }
}

async function presentRules(sql: SqlClient): Promise<Rule[]> {
  const known = await columnsOf(sql, [...new Set(RULES.map(({ table }) => table))]);
  return RULES.filter(({ table, columns }) => columns.every((column) => known.has(`${table}.${column}`)));
}

async function columnsOf(sql: SqlClient, tables: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await sql.query<{ name: string }>(
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = ANY ($1)`,
    [tables],
  );
  return new Set(found.map(({ name }) => name));
}

const MAIL_SERVER: Readonly<Record<string, string>> = {
  name: `'neutralised: mail goes nowhere'`,
  smtp_host: `'${NOWHERE}'`,
  smtp_port: '1025',
  smtp_encryption: `'none'`,
  smtp_authentication: `'login'`,
  sequence: '0',
  active: 'true',
};

async function addNowhere(sql: SqlClient): Promise<void> {
  const known = await columnsOf(sql, ['ir_mail_server']);
  const columns = Object.keys(MAIL_SERVER).filter((column) => known.has(`ir_mail_server.${column}`));
  if (columns.length === 0) return;
  const values = columns.map((column) => MAIL_SERVER[column]);
  await sql.query(
    `INSERT INTO ir_mail_server (${columns.join(', ')}) SELECT ${values.join(', ')}
     WHERE NOT EXISTS (SELECT FROM ir_mail_server WHERE active AND smtp_host = '${NOWHERE}')`,
  );
}
