import { type DockerConnection } from '../connection/docker-connection';
import { toEngineError } from '../connection/engine-error';
import { LogDemux } from './log-demux';
import { type LogLine, type LogOptions } from './log-line';

const MOST_LINES = 10_000;

/** Reads the logs under `path` until the engine ends them. Throws `swarm.not_found` and `swarm.timeout`. */
export async function readLogs(
  connection: DockerConnection,
  path: string,
  { tail = 100, since, withinMs = 10_000, signal }: LogOptions,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const demux = new LogDemux();
  const most = Math.min(tail, MOST_LINES);
  const limit = AbortSignal.any([AbortSignal.timeout(withinMs), ...(signal === undefined ? [] : [signal])]);
  const query = {
    stdout: 'true',
    stderr: 'true',
    timestamps: 'true',
    tail: String(most),
    ...(since === undefined ? {} : { since: String(since.getTime() / 1000) }),
  };
  try {
    const stream = await connection.stream({
      action: 'read logs',
      method: 'GET',
      path,
      query,
      signal: limit,
    });
    for await (const chunk of stream.iterator({ destroyOnReturn: true }))
      lines.push(...demux.push(asBuffer(chunk)));
  } catch (error) {
    signal?.throwIfAborted();
    throw toEngineError(limit.aborted ? limit.reason : error, 'read logs');
  }
  // `tail` counts per task, and the engine keeps no order between tasks and streams
  return lines.sort((a, b) => timeOf(a) - timeOf(b)).slice(-most);
}

function timeOf(line: LogLine): number {
  return line.time?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function asBuffer(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
}
