import type { DataSource, EntityManager } from 'typeorm';

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects.
 * Only what goes through the EntityManager it is given is part of the transaction.
 */
export function runInTransaction<T>(
  dataSource: DataSource,
  work: (em: EntityManager) => Promise<T>,
): Promise<T> {
  return dataSource.transaction(work);
}
