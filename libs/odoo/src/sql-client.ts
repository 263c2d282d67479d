/** The part of a PostgreSQL connection that is needed here: `$1`-style parameters, rows as objects. */
export interface SqlClient {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}
