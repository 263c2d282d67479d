export interface LogLine {
  /** `system` is the engine itself, when it could not reach a node. */
  readonly stream: 'stdout' | 'stderr' | 'system';
  /** Absent for what the engine itself says. */
  readonly time: Date | undefined;
  readonly text: string;
  /** The task that wrote it and its node: only when asked for with `details`, and never of the engine's own lines. */
  readonly taskId?: string | undefined;
  readonly nodeId?: string | undefined;
}

interface WhichLogs {
  /** Most lines of the past, the last ones of each task; default 100, at most 10,000. */
  readonly tail?: number | undefined;
  readonly since?: Date | undefined;
  /** Also say which task wrote a line. */
  readonly details?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LogOptions extends WhichLogs {
  /** Reading stops with `swarm.timeout` after this; default 10,000 (logs of dead nodes never end). */
  readonly withinMs?: number | undefined;
}

export interface FollowOptions extends WhichLogs {
  /** Ends it, without an error, after so long without a line; default: never. */
  readonly idleMs?: number | undefined;
}
