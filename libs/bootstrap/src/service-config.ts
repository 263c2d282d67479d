import { IsIn, IsInt, Max, Min } from 'class-validator';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * The environment every app understands; each app extends it with its own.
 * A property is named like its variable, so that one search finds code, stack file and documentation.
 */
export class ServiceConfig {
  /** Where the app's own HTTP listens; 0 takes a free port. */
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly HTTP_PORT: number = 8080;

  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  /** After a stop signal, how long work under way may take. Below the stop grace period of the orchestrator. */
  @IsInt()
  @Min(1)
  @Max(55)
  readonly SHUTDOWN_GRACE_SECONDS: number = 25;
}
