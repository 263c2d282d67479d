import type { DataSource } from 'typeorm';

/** How much there is of everything a request could have created. */
export async function countRows(dataSource: DataSource): Promise<unknown> {
  const [row] = await dataSource.query<object[]>(
    `SELECT (SELECT count(*)::int FROM customer) AS customers,
            (SELECT count(*)::int FROM instance) AS instances,
            (SELECT count(*)::int FROM operation) AS operations,
            (SELECT count(*)::int FROM outbox) + (SELECT count(*)::int FROM outbox_archive) AS messages,
            (SELECT count(*)::int FROM idempotency_key) AS keys`,
  );
  return row;
}
