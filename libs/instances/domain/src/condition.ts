/** Explains a status: `{ type: 'ready', status: 'false', reason: 'Error', message: 'no such image', since }`. */
export interface Condition {
  readonly type: string;
  readonly status: 'true' | 'false' | 'unknown';
  /** Stable CamelCase code. */
  readonly reason: string;
  readonly message: string;
  /** When `status` last changed. */
  readonly since: Date;
}

/** A condition as its observer states it; `since` is kept by whoever stores it. */
export type ObservedCondition = Omit<Condition, 'since'>;
