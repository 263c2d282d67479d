import { QueryFailedError } from 'typeorm';

/** PostgreSQL's five-character code of a failed statement, such as 23505 for a unique violation; else `undefined`. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const code: unknown = Reflect.get(error.driverError, 'code');
  return typeof code === 'string' ? code : undefined;
}
