import { AppError } from '@saasodoo/kernel';

const VERSION = /^(\d{2})(\.\d)?$/;

/** The major number of `14.0` or `14`. Throws `odoo.version_malformed`. */
export function odooMajor(version: string): number {
  const major = VERSION.exec(version)?.[1];
  if (major === undefined) {
    throw AppError.terminal('odoo.version_malformed', `'${version}' is not an Odoo version`, {
      hint: 'Write it as Odoo does, such as 17.0.',
      httpStatus: 422,
    });
  }
  return Number(major);
}
