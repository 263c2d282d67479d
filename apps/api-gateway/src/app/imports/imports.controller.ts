import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Change } from '../auth/change.decorator';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CustomerId } from '../auth/customer-id.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { ZIP, ZIP_BODY } from '../http/zip-body';
import { ApiIdempotent } from '../idempotency/idempotency-key-header.decorator';
import type { ChangeRequest } from '../instances/change-request';
import { InstanceResponse } from '../instances/instance.response';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { AnnounceImportRequest } from './announce-import.request';
import { ImportInstanceRequest } from './import-instance.request';
import { ImportListResponse } from './import-list.response';
import { ImportUploads } from './import-uploads.service';
import { ImportResponse } from './import.response';
import { ImportedInstances } from './imported-instances.service';
import { ImportsService } from './imports.service';

@ApiTags('imports')
@ApiBearerAuth()
@Controller('instance/imports')
export class ImportsController {
  constructor(
    @Inject(ImportsService) private readonly imports: ImportsService,
    @Inject(ImportUploads) private readonly uploads: ImportUploads,
    @Inject(ImportedInstances) private readonly instances: ImportedInstances,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Announce a zip of Odoo',
    description:
      "As Odoo's own database manager makes it, and GET /instance/backups/{id}/download. Send it with PUT.",
  })
  @ApiIdempotent()
  @ApiCreatedResponse({ type: ImportResponse })
  @ApiProblems(401, 403, 409, 422)
  async announce(
    @Change() change: ChangeRequest,
    @Body() request: AnnounceImportRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportResponse> {
    return give(await this.imports.announce(request, change), reply);
  }

  @Get()
  @ApiOperation({ summary: 'List what you have announced' })
  @ApiPaged()
  @ApiOkResponse({ type: ImportListResponse })
  @ApiProblems(401, 422)
  list(
    @CustomerId() customerId: string,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<ImportListResponse> {
    return this.imports.list(customerId, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Look at an import' })
  @ApiOkResponse({ type: ImportResponse })
  @ApiProblems(401, 404)
  get(@Param('id', IdPipe) id: string, @CurrentActor() actor: Actor): Promise<ImportResponse> {
    return this.imports.get(id, actor);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Do without an import' })
  @ApiIdempotent()
  @ApiOkResponse({ type: ImportResponse })
  @ApiProblems(401, 403, 404, 409)
  async delete(
    @Param('id', IdPipe) id: string,
    @Change() change: ChangeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportResponse> {
    return give(await this.imports.delete(id, change), reply);
  }

  @Put(':id/content')
  @RouteConfig(ZIP_BODY)
  @ApiOperation({
    summary: 'Send the zip',
    description:
      'Its bytes are the body. Answers when everything was checked; what breaks off or is refused leaves nothing and can be sent again.',
  })
  @ApiConsumes(ZIP)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ type: ImportResponse })
  @ApiProblems(401, 403, 404, 409, 415, 422, 503)
  receive(
    @Param('id', IdPipe) id: string,
    @CurrentActor() actor: Actor,
    @Req() { raw }: FastifyRequest,
  ): Promise<ImportResponse> {
    return this.uploads.receive(id, actor, raw);
  }

  @Post(':id/instance')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Make a new instance of an import',
    description:
      'With an identity, an address and an administrator of its own; neutralised unless you say no. When nothing comes of it, the import is as it was.',
  })
  @ApiIdempotent()
  @ApiAcceptedResponse({ type: InstanceResponse })
  @ApiProblems(401, 403, 404, 409, 422)
  async become(
    @Param('id', IdPipe) id: string,
    @Change() change: ChangeRequest,
    @Body() request: ImportInstanceRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceResponse> {
    return give(await this.instances.create(id, request, change), reply);
  }
}
