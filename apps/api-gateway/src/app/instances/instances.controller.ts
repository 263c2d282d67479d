import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { instanceStatuses } from '@saasodoo/instances/domain';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CustomerId } from '../auth/customer-id.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { ApiIdempotent, IdempotencyKeyHeader } from '../idempotency/idempotency-key-header.decorator';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { CreateInstanceRequest } from './create-instance.request';
import { CreateInstanceService } from './create-instance.service';
import { CredentialsResponse } from './credentials.response';
import { InstanceCredentialsService } from './instance-credentials.service';
import { InstanceListResponse } from './instance-list.response';
import { InstanceResponse } from './instance.response';
import { InstancesService } from './instances.service';
import { TerminateInstanceService } from './terminate-instance.service';

@ApiTags('instances')
@ApiBearerAuth()
@Controller('instance/instances')
export class InstancesController {
  constructor(
    @Inject(CreateInstanceService) private readonly creations: CreateInstanceService,
    @Inject(TerminateInstanceService) private readonly terminations: TerminateInstanceService,
    @Inject(InstancesService) private readonly instances: InstancesService,
    @Inject(InstanceCredentialsService) private readonly credentials: InstanceCredentialsService,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Ask for an instance',
    description: 'Answers at once; watch the operation in the answer.',
  })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: InstanceResponse })
  @ApiProblems(401, 409, 422)
  async create(
    @CurrentActor() actor: Actor,
    @Body() request: CreateInstanceRequest,
    @IdempotencyKeyHeader() idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceResponse> {
    return give(await this.creations.create(request, { actor, idempotencyKey }), reply);
  }

  @Get()
  @ApiOperation({ summary: 'List your instances' })
  @ApiPaged()
  @ApiQuery({ name: 'status', required: false, enum: instanceStatuses })
  @ApiOkResponse({ type: InstanceListResponse })
  @ApiProblems(401, 422)
  list(
    @CustomerId() customerId: string,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<InstanceListResponse> {
    return this.instances.list(customerId, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Look at an instance' })
  @ApiOkResponse({ type: InstanceResponse })
  @ApiProblems(401, 404)
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<InstanceResponse> {
    return this.instances.get(id, actor);
  }

  @Delete(':id')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Terminate an instance',
    description:
      'Removes its service, database, files and subdomain. A creation under way is cancelled first.',
  })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: InstanceResponse })
  @ApiProblems(401, 404)
  async terminate(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @IdempotencyKeyHeader() idempotencyKey: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceResponse> {
    return give(await this.terminations.terminate(id, actor, idempotencyKey), reply);
  }

  @Get(':id/credentials')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: "Read the login of Odoo's administrator",
    description: 'Each reading is written down.',
  })
  @ApiOkResponse({ type: CredentialsResponse })
  @ApiProblems(401, 404)
  readCredentials(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
  ): Promise<CredentialsResponse> {
    return this.credentials.read(id, actor);
  }
}
