/**
 * Where a message is parked: `inbox` (its handler failed for good), `outbox` (no queue took it), `broker` (it was found in a
 * parked queue or in `unroutable`).
 */
export const deadLetterPlaces = ['inbox', 'outbox', 'broker'] as const;
export type DeadLetterPlace = (typeof deadLetterPlaces)[number];

/** A message that waits for a human. */
export interface DeadLetter {
  /** `{place}:{holder}:{message id}`; names it to `inspect` and `redrive`. */
  readonly id: string;
  readonly place: DeadLetterPlace;
  /** The app whose inbox it is in, or the queue it was found in; empty for the outbox. */
  readonly holder: string;
  readonly messageId: string;
  /** Empty when the message does not say. */
  readonly type: string;
  readonly subject: string;
  readonly attempts: number;
  readonly error: string | undefined;
  /** When it was received, parked or found. */
  readonly since: Date;
}

export interface DeadLetterDetail extends DeadLetter {
  /** `undefined` when the body is not JSON; then `raw` has it. */
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly raw: Buffer | undefined;
}

/** What is given must be equal. */
export interface DeadLetterFilter {
  readonly place?: DeadLetterPlace | undefined;
  readonly type?: string | undefined;
  readonly holder?: string | undefined;
}

export interface DeadLetterCount {
  readonly place: DeadLetterPlace;
  readonly holder: string;
  readonly type: string;
  readonly count: number;
}
