export interface LogLine {
  /** `system` is the engine itself, when it could not reach a node. */
  readonly stream: 'stdout' | 'stderr' | 'system';
  /** Absent for what the engine itself says. */
  readonly time: Date | undefined;
  readonly text: string;
}

export interface LogOptions {
  /** Most lines, the last ones; default 100, at most 10,000. */
  readonly tail?: number | undefined;
  readonly since?: Date | undefined;
  /** Reading stops with `swarm.timeout` after this; default 10,000 (logs of dead nodes never end). */
  readonly withinMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
