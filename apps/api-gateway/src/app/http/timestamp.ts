/** ISO 8601 in UTC, `null` for what has not happened. */
export function timestamp(date: Date | undefined): string | null {
  return date?.toISOString() ?? null;
}
