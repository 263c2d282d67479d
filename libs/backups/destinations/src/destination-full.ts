import { AppError, type ErrorFacts } from '@saasodoo/kernel';

export function destinationFull(facts: ErrorFacts, cause: unknown): AppError {
  return AppError.terminal('backup.destination_full', 'there is no room left where backups are kept', {
    cause,
    hint: 'Remove backups that nobody needs, or give the destination more room.',
    facts,
  });
}
