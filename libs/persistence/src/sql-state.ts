import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** PostgreSQL's five-character code of a failed statement, such as 23505 for a unique violation; else `undefined`. */
export function sqlState(error: unknown): string | undefined {
  return serverError(error)?.code;
}

/** Whether a statement failed because of this constraint or unique index. */
export function violates(error: unknown, constraint: string): boolean {
  return serverError(error)?.constraint === constraint;
}

/** What a statement of ours that failed on purpose says in `DETAIL`. */
export function sqlDetail(error: unknown): string | undefined {
  return serverError(error)?.detail;
}

/** What PostgreSQL said, with or without TypeORM around it. */
function serverError(error: unknown): DatabaseError | undefined {
  const said: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return said instanceof DatabaseError ? said : undefined;
}
