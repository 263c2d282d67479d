import { type SwarmService } from '../services/swarm-service';
import { type SwarmTask } from '../tasks/swarm-task';

/** What a service should be and what it is. */
export interface ServiceStatus {
  readonly service: SwarmService;
  /** Tasks that should run. */
  readonly desired: number;
  /** Tasks that should run and do. */
  readonly running: number;
  /** Newest first, each with the state it should have and the one it has; those that ended included. */
  readonly tasks: readonly SwarmTask[];
}

export interface ControlOptions {
  /** For all of it; default 120,000. */
  readonly withinMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with a sentence whenever what is waited for changes. */
  readonly onProgress?: ((text: string) => void) | undefined;
}
