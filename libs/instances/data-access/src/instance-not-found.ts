import { AppError } from '@saasodoo/kernel';

export function instanceNotFound(id: string): AppError {
  return AppError.terminal('instance.not_found', `there is no instance ${id}`, {
    httpStatus: 404,
    facts: { instance_id: id },
  });
}
