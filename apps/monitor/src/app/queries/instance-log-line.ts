/** A line as it travels to the gateway. */
export interface InstanceLogLine {
  /** Null for what the engine itself says. */
  readonly time: string | null;
  readonly stream: 'stdout' | 'stderr' | 'system';
  readonly text: string;
  readonly task_id: string | null;
}
