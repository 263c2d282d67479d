import { AppError } from '@saasodoo/kernel';

export function notAZip(reason: string): AppError {
  return AppError.terminal('import.not_a_zip', `this is no zip that can be read: ${reason}`, {
    httpStatus: 422,
    hint: "Send the zip that Odoo's own database manager makes, whole and as it is.",
  });
}
