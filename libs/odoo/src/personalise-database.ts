import { AppError } from '@saasodoo/kernel';
import { type SqlClient } from './sql-client';

/** What makes a database that instance's own. */
export interface Personalisation {
  readonly adminLogin: string;
  /** From `hashOdooPassword`. */
  readonly adminPasswordHash: string;
  readonly databaseUuid: string;
  /** Signs Odoo's session tokens. */
  readonly databaseSecret: string;
  /** Where users find it, such as `https://shop.example.com`. */
  readonly baseUrl: string;
  readonly companyName?: string;
  /** Odoo language code; it must have been loaded when the database was initialised. */
  readonly language?: string;
}

/** Odoo asks itself for styles and pictures when it prints; its outside address may not be reachable from within. */
const OWN_URL = 'http://127.0.0.1:8069';

/** Ways to get in that a template must not pass on; which of them exist depends on the modules. */
const CREDENTIAL_TABLES = ['res_users_apikeys', 'auth_totp_device', 'res_device_log'];

/** Accounts of the demo data whose passwords everybody knows. */
const DEMO_USERS = ['user_demo', 'demo_user0'];

/**
 * Gives a freshly initialised or cloned database its own identity, address and administrator. Runs in the caller's
 * transaction, before Odoo starts; repeating it with the same values changes nothing. Odoo 14 to 18.
 * Throws `odoo.database_not_initialised`, `odoo.language_not_loaded`.
 */
export async function personaliseDatabase(sql: SqlClient, wanted: Personalisation): Promise<void> {
  await requireOdoo(sql);
  await setIdentity(sql, wanted);
  await setParameter(sql, 'web.base.url', wanted.baseUrl);
  await setParameter(sql, 'web.base.url.freeze', 'True');
  await setParameter(sql, 'report.url', OWN_URL);
  await forgetCredentials(sql);
  await setAdministrator(sql, wanted);
  if (wanted.companyName !== undefined) await setCompanyName(sql, wanted.companyName);
  if (wanted.language !== undefined) await setLanguage(sql, wanted.language);
}

async function requireOdoo(sql: SqlClient): Promise<void> {
  const [found] = await sql.query<{ ready: boolean }>(
    `SELECT to_regclass('ir_config_parameter') IS NOT NULL AND to_regclass('res_users') IS NOT NULL AS ready`,
  );
  const [admin] = found?.ready === true ? await sql.query(ADMINISTRATOR) : [];
  if (admin === undefined) {
    throw AppError.terminal('odoo.database_not_initialised', 'the database holds no complete Odoo', {
      hint: 'Its initialisation did not end well: look at its log, drop the database and initialise it anew.',
    });
  }
}

/** The date of birth goes with the uuid: a repetition leaves it as it is. */
async function setIdentity(sql: SqlClient, { databaseUuid, databaseSecret }: Personalisation): Promise<void> {
  const [current] = await sql.query<{ value: string }>(
    `SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'`,
  );
  if (current?.value !== databaseUuid) {
    const now = new Date().toISOString().slice(0, 19).replace('T', ' ');
    await setParameter(sql, 'database.create_date', now);
  }
  await setParameter(sql, 'database.uuid', databaseUuid);
  await setParameter(sql, 'database.secret', databaseSecret);
}

async function setParameter(sql: SqlClient, key: string, value: string): Promise<void> {
  await sql.query(
    `INSERT INTO ir_config_parameter (key, value, create_date, write_date)
     VALUES ($1, $2, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
     ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, write_date = EXCLUDED.write_date
     WHERE ir_config_parameter.value IS DISTINCT FROM EXCLUDED.value`,
    [key, value],
  );
}

async function forgetCredentials(sql: SqlClient): Promise<void> {
  const present = await sql.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name = ANY ($1)`,
    [CREDENTIAL_TABLES],
  );
  for (const { name } of present) await sql.query(`DELETE FROM ${name}`);
  await sql.query(
    `UPDATE res_users SET password = NULL
     WHERE id IN (SELECT res_id FROM ir_model_data
                  WHERE module = 'base' AND model = 'res.users' AND name = ANY ($1))`,
    [DEMO_USERS],
  );
}

const ADMINISTRATOR = `SELECT res_id AS id FROM ir_model_data
  WHERE module = 'base' AND name = 'user_admin' AND model = 'res.users'`;

async function setAdministrator(sql: SqlClient, wanted: Personalisation): Promise<void> {
  await sql.query(
    `UPDATE res_users SET login = $1, password = $2, active = true WHERE id = (${ADMINISTRATOR})`,
    [wanted.adminLogin, wanted.adminPasswordHash],
  );
  if (!wanted.adminLogin.includes('@')) return;
  await sql.query(
    `UPDATE res_partner SET email = $1
     WHERE id = (SELECT partner_id FROM res_users WHERE id = (${ADMINISTRATOR}))`,
    [wanted.adminLogin],
  );
}

const MAIN_COMPANY = `SELECT res_id FROM ir_model_data
  WHERE module = 'base' AND name = 'main_company' AND model = 'res.company'`;

/** Partners keep their name a second time, in a column that is called differently from version to version. */
async function setCompanyName(sql: SqlClient, name: string): Promise<void> {
  const copies = await sql.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = 'res_partner'
       AND column_name IN ('name', 'display_name', 'complete_name')`,
  );
  await sql.query(`UPDATE res_company SET name = $1 WHERE id = (${MAIN_COMPANY})`, [name]);
  await sql.query(
    `UPDATE res_partner SET ${copies.map((column) => `${column.name} = $1`).join(', ')}
     WHERE id = (SELECT partner_id FROM res_company WHERE id = (${MAIN_COMPANY}))`,
    [name],
  );
}

async function setLanguage(sql: SqlClient, language: string): Promise<void> {
  const [loaded] = await sql.query(`SELECT 1 FROM res_lang WHERE code = $1 AND active`, [language]);
  if (loaded === undefined) {
    throw AppError.terminal('odoo.language_not_loaded', `the database was initialised without ${language}`, {
      hint: 'Give the language to the initialisation as well; a clone of a template has English only.',
      facts: { language },
    });
  }
  await sql.query(
    `UPDATE res_partner SET lang = $1
     WHERE id IN (SELECT partner_id FROM res_users WHERE id = (${ADMINISTRATOR}))
        OR id IN (SELECT partner_id FROM res_company WHERE id = (${MAIN_COMPANY}))`,
    [language],
  );
}
