import type { DataSource } from 'typeorm';

/**
 * Statements that would make the migrated schema what the entities say, without creating what only migrations know
 * (tables without entity, checks, partial indexes). Empty when they agree.
 */
export async function schemaDrift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
