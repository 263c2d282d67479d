import { AppError } from '@saasodoo/kernel';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Variables that would change which Odoo runs, which database it uses, or what it loads. */
const RESERVED =
  /^(ODOO_|PG|DB_|LD_|PYTHON|BITNAMI|SAASODOO|(HOST|PORT|USER|PASSWORD|PASSWORD_FILE|PATH|HOME|SHELL|ENV|BASH_ENV)$)/i;

/** The variables a customer adds, as they are. Throws `odoo.environment_refused` for one that is the platform's. */
export function customerEnvironment(variables: Readonly<Record<string, string>>): Record<string, string> {
  const refused = Object.keys(variables).filter((name) => !NAME.test(name) || RESERVED.test(name));
  if (refused.length > 0) {
    throw AppError.terminal('odoo.environment_refused', `${refused.join(', ')} cannot be set by a customer`, {
      hint: 'Choose another name: letters, digits and _, and none that Odoo, PostgreSQL or Python read.',
      facts: { names: refused },
      httpStatus: 422,
    });
  }
  return { ...variables };
}
