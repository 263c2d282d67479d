/** Forgets rows of one table that nobody needs any more. */
export interface Pruner {
  /** The table, as it is called in reports and metrics. */
  readonly table: string;
  /** Removes at most `limit` rows and answers how many. */
  readonly prune: (limit: number) => Promise<number>;
}
