import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { untilClosed } from '../operations/until-closed';
import { WatchPlaces } from '../operations/watch-places';
import { eventStream, type ServerEvent } from './event-stream';
import type { LogLineResponse } from './log-line.response';
import { type LogWish, MonitorClient } from './monitor-client';
import { sendEvents } from './send-events';

/** The logs of instances, as the monitor hands them out. */
@Injectable()
export class InstanceLogs {
  constructor(
    @Inject(MonitorClient) private readonly monitor: MonitorClient,
    @Inject(WatchPlaces) private readonly places: WatchPlaces,
  ) {}

  async read(instanceId: string, wish: LogWish): Promise<LogLineResponse[]> {
    const lines: LogLineResponse[] = [];
    const never = new AbortController().signal;
    for await (const line of await this.monitor.logs(instanceId, wish, never)) lines.push(line);
    return lines;
  }

  /** Throws `operation_watch.too_many`, and `monitor.unreachable` before anything is sent. */
  async stream(instanceId: string, wish: LogWish, actor: Actor, reply: FastifyReply): Promise<void> {
    const closed = untilClosed(reply.raw);
    this.places.take(actor.customerId, closed);
    const after = lastTime(reply.request.headers['last-event-id']);
    const from = after === undefined ? wish : { ...wish, since: after };
    const lines = await this.monitor.logs(instanceId, from, closed);
    await sendEvents(
      reply,
      eventStream(() => toEvents(lines, after), closed),
    );
  }
}

/** The engine counts the moment asked for in, so that the last line of before would come again. */
async function* toEvents(
  lines: AsyncGenerator<LogLineResponse>,
  after: string | undefined,
): AsyncGenerator<ServerEvent> {
  for await (const line of lines) {
    const { time } = line;
    if (after !== undefined && time !== null && time <= after) continue;
    yield { event: 'log', data: line, ...(time === null ? {} : { id: time }) };
  }
}

/** Of the last line that a stream of before has sent. */
function lastTime(lastEventId: string | string[] | undefined): string | undefined {
  return typeof lastEventId === 'string' && !Number.isNaN(Date.parse(lastEventId)) ? lastEventId : undefined;
}
