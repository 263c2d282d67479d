import { type DockerConnection } from '../connection/docker-connection';
import { toEngineError } from '../connection/engine-error';
import { LogDemux } from './log-demux';
import { type LogLine, type LogOptions } from './log-line';
import { logQuery, tailOf } from './log-query';

/** Reads the logs under `path` until the engine ends them. Throws `swarm.not_found` and `swarm.timeout`. */
export async function readLogs(
  connection: DockerConnection,
  path: string,
  options: LogOptions,
): Promise<LogLine[]> {
  const { details, withinMs = 10_000, signal } = options;
  const lines: LogLine[] = [];
  const demux = new LogDemux({ details });
  const limit = AbortSignal.any([AbortSignal.timeout(withinMs), ...(signal === undefined ? [] : [signal])]);
  try {
    const stream = await connection.stream({
      action: 'read logs',
      method: 'GET',
      path,
      query: logQuery(options),
      signal: limit,
    });
    for await (const chunk of stream.iterator({ destroyOnReturn: true })) lines.push(...demux.push(chunk));
  } catch (error) {
    signal?.throwIfAborted();
    throw toEngineError(limit.aborted ? limit.reason : error, 'read logs');
  }
  // `tail` counts per task, and the engine keeps no order between tasks and streams
  return lines.sort((a, b) => timeOf(a) - timeOf(b)).slice(-tailOf(options));
}

function timeOf(line: LogLine): number {
  return line.time?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
