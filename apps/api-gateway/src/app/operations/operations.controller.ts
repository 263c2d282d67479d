import { Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, readScope } from '@saasodoo/identity/domain';
import { isTerminal } from '@saasodoo/operations/domain';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CustomerId } from '../auth/customer-id.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { assertKnownParameters } from '../http/page';
import { ApiIdempotent, IdempotencyKeyHeader } from '../idempotency/idempotency-key-header.decorator';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { OperationListResponse } from './operation-list.response';
import { operationStream } from './operation-stream';
import { OperationWatch } from './operation-watch';
import { OperationResponse } from './operation.response';
import { OperationsService } from './operations.service';
import { parseWait } from './parse-wait';
import { untilClosed } from './until-closed';
import { WatchPlaces } from './watch-places';

@ApiTags('operations')
@ApiBearerAuth()
@Controller('instance/operations')
export class OperationsController {
  constructor(
    @Inject(OperationsService) private readonly operations: OperationsService,
    @Inject(OperationWatch) private readonly watch: OperationWatch,
    @Inject(WatchPlaces) private readonly places: WatchPlaces,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List your operations' })
  @ApiPaged()
  @ApiQuery({ name: 'instance_id', required: false, schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ type: OperationListResponse })
  @ApiProblems(401, 404, 422)
  list(
    @CustomerId() customerId: string,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<OperationListResponse> {
    return this.operations.list(customerId, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Look at an operation, or wait for its end' })
  @ApiQuery({
    name: 'wait',
    required: false,
    description: 'Answer when the operation has ended, or after this long as it is then; at most 60s.',
    schema: { type: 'string', example: '30s' },
  })
  @ApiOkResponse({ type: OperationResponse })
  @ApiProblems(401, 404, 422, 429)
  async get(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperationResponse> {
    assertKnownParameters(query, ['wait']);
    const waitMs = parseWait(query['wait']);
    const closed = untilClosed(reply.raw);
    const operation = await this.operations.get(id, readScope(actor));
    if (waitMs === 0) return OperationResponse.of(operation);
    this.places.take(actor.customerId, closed);
    const signal = AbortSignal.any([AbortSignal.timeout(waitMs), closed]);
    return OperationResponse.of(await this.watch.settled(operation, signal));
  }

  @Get(':id/events')
  @ApiOperation({
    summary: 'Watch an operation',
    description:
      'Server-sent events named `operation`, each with the whole operation as data and its sequence as id. Starts with ' +
      'the present state and ends with the last. With Last-Event-ID only what is newer is sent; 204 when nothing will be.',
  })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @ApiProblems(401, 404, 429)
  async events(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const closed = untilClosed(reply.raw);
    const operation = await this.operations.get(id, readScope(actor));
    const seen = /^\d{1,9}$/.test(lastEventId ?? '') ? Number(lastEventId) : -1;
    if (isTerminal(operation) && operation.sequence <= seen) {
      await reply.status(204).send();
      return;
    }
    this.places.take(actor.customerId, closed);
    const stream = operationStream((signal) => this.watch.changes(id, seen, signal), closed);
    await reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      // The connection is not used again, so that it does not keep the server from stopping.
      .header('connection', 'close')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(stream));
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Call a creation off', description: 'What was done is undone.' })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: OperationResponse })
  @ApiProblems(401, 404, 409)
  async cancel(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @IdempotencyKeyHeader() idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperationResponse> {
    return give(await this.operations.cancel(id, { actor, idempotencyKey }), reply);
  }
}
