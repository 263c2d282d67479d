import { Controller, Get, HttpCode, Inject, Param, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { operationKinds, operationStatuses } from '@saasodoo/operations/domain';
import type { FastifyReply } from 'fastify';
import { RecordRefusals } from '../audit/record-refusals.interceptor';
import { Change } from '../auth/change.decorator';
import { RequireRole } from '../auth/require-role.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { ApiIdempotent } from '../idempotency/idempotency-key-header.decorator';
import type { ChangeRequest } from '../instances/change-request';
import { InstanceResponse } from '../instances/instance.response';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { OperationListResponse } from '../operations/operation-list.response';
import { OperationResponse } from '../operations/operation.response';
import { OperationsService } from '../operations/operations.service';
import { AdminOperationsService } from './admin-operations.service';

const ID = { type: 'string', format: 'uuid' } as const;

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('support')
@UseInterceptors(RecordRefusals)
@Controller('admin/operations')
export class AdminOperationsController {
  constructor(
    @Inject(AdminOperationsService) private readonly admin: AdminOperationsService,
    @Inject(OperationsService) private readonly operations: OperationsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the operations of all customers' })
  @ApiPaged()
  @ApiQuery({ name: 'status', required: false, enum: operationStatuses })
  @ApiQuery({ name: 'kind', required: false, enum: operationKinds })
  @ApiQuery({ name: 'customer', required: false, schema: ID })
  @ApiQuery({ name: 'instance', required: false, schema: ID })
  @ApiOkResponse({ type: OperationListResponse })
  @ApiProblems(401, 403, 422)
  list(@Query() query: Readonly<Record<string, unknown>>): Promise<OperationListResponse> {
    return this.admin.list(query);
  }

  @Post(':id/retry')
  @RequireRole('admin')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Ask for what has failed again',
    description: 'Opens a new operation of the same kind, when the instance takes it as it is now.',
  })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: InstanceResponse })
  @ApiProblems(401, 403, 404, 409)
  async retry(
    @Change() change: ChangeRequest,
    @Param('id', IdPipe) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return give(await this.admin.retry({ id, ...change }), reply);
  }

  @Post(':id/cancel')
  @RequireRole('admin')
  @HttpCode(202)
  @ApiOperation({ summary: "Call anybody's creation off", description: 'What was done is undone.' })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: OperationResponse })
  @ApiProblems(401, 403, 404, 409)
  async cancel(
    @Change() change: ChangeRequest,
    @Param('id', IdPipe) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperationResponse> {
    return give(await this.operations.cancel(id, change), reply);
  }
}
