/** A message this process has leased from `inbox`. */
export interface InboxRow {
  readonly message_id: string;
  readonly type: string;
  readonly subject: string;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Including the one that begins now. */
  readonly attempts: number;
  /** bigint in decimal; whoever leases the row next has a higher one. */
  readonly fence: string;
}
