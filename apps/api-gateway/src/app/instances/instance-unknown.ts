import { AppError } from '@saasodoo/kernel';

/** Says the same about an instance that never was and about somebody else's. */
export function instanceUnknown(): AppError {
  return AppError.terminal('instance.not_found', 'you have no instance with this id', { httpStatus: 404 });
}
