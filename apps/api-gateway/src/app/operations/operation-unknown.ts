import { AppError } from '@saasodoo/kernel';

/** Says the same about an operation that never was and about somebody else's. */
export function operationUnknown(): AppError {
  return AppError.terminal('operation.not_found', 'you have no operation with this id', { httpStatus: 404 });
}
