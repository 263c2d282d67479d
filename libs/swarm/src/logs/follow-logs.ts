import { systemClock } from '@saasodoo/kernel';
import { type DockerConnection } from '../connection/docker-connection';
import { toEngineError } from '../connection/engine-error';
import { LogDemux } from './log-demux';
import { type FollowOptions, type LogLine } from './log-line';
import { logQuery } from './log-query';

const LOOK_EVERY_MS = 1_000;
/** What a container wrote in its last moments is still on its way when it is gone. */
const LAST_LINES_MS = 1_000;

export interface Followed {
  readonly path: string;
  /** Whether nothing more can come. The engine never ends logs it follows, so somebody has to look. */
  readonly gone: (signal: AbortSignal) => Promise<boolean>;
}

/**
 * Hands out lines as they come, no faster than they are taken. Ends, without an error, with the signal, when what wrote
 * them is gone, and after `idleMs` without a line. Throws `swarm.not_found`, and `swarm.connection_lost` when it breaks.
 */
export async function* followLogs(
  connection: DockerConnection,
  { path, gone }: Followed,
  options: FollowOptions,
): AsyncGenerator<LogLine, void, undefined> {
  const { signal, details, idleMs } = options;
  const end = new AbortController();
  const limit = signal === undefined ? end.signal : AbortSignal.any([end.signal, signal]);
  const quiet = new Silence(idleMs, () => end.abort());
  const action = 'follow logs';
  try {
    const query = { ...logQuery(options), follow: 'true' };
    const stream = await connection.stream({ action, method: 'GET', path, query, signal: limit });
    void endWhenGone(gone, end, limit);
    const demux = new LogDemux({ details });
    quiet.begin();
    for await (const chunk of stream.iterator({ destroyOnReturn: true })) {
      quiet.end();
      yield* demux.push(chunk);
      quiet.begin();
    }
  } catch (error) {
    if (!limit.aborted) throw toEngineError(error, action);
  } finally {
    quiet.end();
    end.abort();
  }
}

/** Calls back when nothing came for a time; while somebody is busy with what did come, it does not count. */
class Silence {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limitMs: number | undefined,
    private readonly tooLong: () => void,
  ) {}

  begin(): void {
    if (this.limitMs !== undefined) this.timer = setTimeout(this.tooLong, this.limitMs);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

/** Never rejects: when the engine cannot be asked, the stream breaks by itself. */
async function endWhenGone(gone: Followed['gone'], end: AbortController, limit: AbortSignal): Promise<void> {
  while (!limit.aborted) {
    const over = await gone(limit).catch(() => false);
    await systemClock.sleep(over ? LAST_LINES_MS : LOOK_EVERY_MS, limit).catch(() => undefined);
    if (over) end.abort();
  }
}
