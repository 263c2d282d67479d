import { backoff, systemClock } from '@saasodoo/kernel';
import { type DockerConnection } from '../connection/docker-connection';
import { toEngineError } from '../connection/engine-error';
import { type ReadEvent, readEvent } from './event-answer';
import { linesOf } from './event-lines';
import { EVENT_KINDS, type SwarmEvent, type WatchOptions } from './swarm-event';

const ACTIONS = [
  'create',
  'update',
  'remove',
  'start',
  'die',
  'oom',
  'kill',
  'health_status',
  'destroy',
] as const;

const FILTERS = JSON.stringify({ type: EVENT_KINDS, event: ACTIONS });
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** What happens in a Swarm, as it happens. There are no events of tasks: containers of other nodes come and go unseen. */
export class SwarmEvents {
  constructor(private readonly connection: DockerConnection) {}

  /**
   * Tells changes of services, nodes, secrets and networks, and of containers of the node connected to. Begins with
   * `resync`, and says it again after each break of the stream, for the engine may have forgotten what happened in
   * between. Opens the stream again by itself for as long as it takes; ends with the signal only, without an error.
   * Whoever reads too slowly loses events without a word: look at everything now and then.
   */
  async *watch({ signal, since, onBroken }: WatchOptions): AsyncGenerator<SwarmEvent, void, undefined> {
    let from = secondsOf(since ?? systemClock.now());
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        for await (const { event, after } of this.listen(from, signal)) {
          attempt = after === from ? attempt : 0;
          from = after;
          yield event;
        }
      } catch (error) {
        if (!signal.aborted) onBroken?.(toEngineError(error, 'watch events'));
      }
      await pause(attempt, signal);
    }
  }

  /** `since` also closes the gap between the engine's first word and the moment it begins to listen. */
  private async *listen(since: string, signal: AbortSignal): AsyncGenerator<ReadEvent, void, undefined> {
    const query = { filters: FILTERS, since };
    const stream = await this.connection.stream({
      action: 'watch events',
      method: 'GET',
      path: '/events',
      query,
      signal,
    });
    try {
      yield { event: { kind: 'resync' }, after: since };
      for await (const line of linesOf(stream)) {
        const read = readEvent(line);
        if (read !== undefined) yield read;
      }
    } finally {
      stream.destroy();
    }
  }
}

async function pause(attempt: number, signal: AbortSignal): Promise<void> {
  try {
    await systemClock.sleep(backoff(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function secondsOf(time: Date): string {
  return (time.getTime() / 1000).toFixed(3);
}
