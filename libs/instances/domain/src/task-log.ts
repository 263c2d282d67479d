/** A line that a container wrote. */
export interface TaskLogLine {
  readonly time: Date;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** What a task that ended left: the last lines it wrote, kept when Docker has forgotten them. */
export interface TaskLog {
  readonly taskId: string;
  readonly instanceId: string;
  readonly endedAt: Date;
  readonly exitCode?: number;
  /** In Docker's words; empty when there was nothing to say. */
  readonly error: string;
  readonly lines: readonly TaskLogLine[];
}
