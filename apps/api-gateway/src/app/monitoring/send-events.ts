import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';

/** Answers server-sent events, on a connection that is not used again: it must not keep the server from stopping. */
export async function sendEvents(reply: FastifyReply, stream: AsyncGenerator<string>): Promise<void> {
  await reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('connection', 'close')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(stream));
}
