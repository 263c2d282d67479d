import { Controller, Get, Param, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { AppError, isUuid } from '@saasodoo/kernel';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { Diagnosis } from '../diagnose/diagnosis';
import { Diagnoses } from '../diagnose/diagnoses';
import type { InstanceLogLine } from './instance-log-line';
import { InstanceLogs } from './instance-logs';
import { parseLogQuery } from './log-query';
import { MonitorKeyGuard } from './monitor-key.guard';
import { QueryErrorFilter } from './query-error.filter';

/** Questions of the gateway about an instance that only the engine can answer. Whose it is, the gateway knows. */
@Controller('internal/instances')
@UseGuards(MonitorKeyGuard)
@UseFilters(QueryErrorFilter)
export class InstanceQueriesController {
  constructor(
    private readonly diagnoses: Diagnoses,
    private readonly logs: InstanceLogs,
  ) {}

  @Get(':id/diagnosis')
  async diagnosis(@Param('id') id: string): Promise<object> {
    assertId(id);
    const { checkedAt, ...diagnosis }: Diagnosis = await this.diagnoses.of(id);
    return { ...diagnosis, checked_at: checkedAt.toISOString() };
  }

  /** One JSON object a line, each as soon as it is known. */
  @Get(':id/logs')
  async readLogs(
    @Param('id') id: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    assertId(id);
    const wish = parseLogQuery(query);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const lines = wish.follow
      ? await this.logs.follow(id, wish, gone.signal)
      : await this.logs.read(id, wish);
    await reply
      .header('content-type', 'application/x-ndjson; charset=utf-8')
      .header('cache-control', 'no-store')
      // A stream that is followed must not keep the server from stopping.
      .header('connection', 'close')
      .send(Readable.from(toText(lines)));
  }
}

async function* toText(
  lines: AsyncIterable<InstanceLogLine> | Iterable<InstanceLogLine>,
): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

function assertId(id: string): void {
  if (isUuid(id)) return;
  throw AppError.terminal('instance.not_found', 'there is no such instance', { httpStatus: 404 });
}
