export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly time: Date;
  readonly text: string;
}

export interface LogOptions {
  /** Last lines of each task; default 100. */
  readonly tail?: number;
  readonly since?: Date;
  /** Reading stops with `swarm.timeout` after this; default 10,000 (log readers of dead nodes hang). */
  readonly withinMs?: number;
  readonly signal?: AbortSignal;
}
