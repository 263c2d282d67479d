import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CustomerId } from '../auth/customer-id.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { OperationResponse } from '../operations/operation.response';
import { untilClosed } from '../operations/until-closed';
import { WatchPlaces } from '../operations/watch-places';
import { ConditionChangeResponse } from './condition-change.response';
import { type CustomerNews, CustomerWatch } from './customer-watch';
import { eventStream, type ServerEvent } from './event-stream';
import { sendEvents } from './send-events';

@ApiTags('monitoring')
@ApiBearerAuth()
@Controller('instance/events')
export class EventsController {
  constructor(
    @Inject(CustomerWatch) private readonly watch: CustomerWatch,
    @Inject(WatchPlaces) private readonly places: WatchPlaces,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Watch all your instances',
    description:
      'Server-sent events: `health` with a change of an instance’s health and its sequence as id, and `operation` with the ' +
      'whole of an operation that changed. With Last-Event-ID the changes of health that were missed come first.',
  })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @ApiProblems(401, 429)
  async events(
    @CustomerId() customerId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const closed = untilClosed(reply.raw);
    this.places.take(customerId, closed);
    const seen = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : undefined;
    const news = (signal: AbortSignal) => toEvents(this.watch.news(customerId, seen, signal));
    await sendEvents(reply, eventStream(news, closed));
  }
}

async function* toEvents(news: AsyncGenerator<CustomerNews>): AsyncGenerator<ServerEvent> {
  for await (const one of news) yield toEvent(one);
}

/** Progress of operations has no place in the history, so that it leaves the id as it is. */
function toEvent(news: CustomerNews): ServerEvent {
  switch (news.kind) {
    case 'position':
      return { id: String(news.sequence) };
    case 'health':
      return {
        id: String(news.change.sequence),
        event: 'health',
        data: ConditionChangeResponse.of(news.change),
      };
    case 'operation':
      return { event: 'operation', data: OperationResponse.of(news.operation) };
  }
}
