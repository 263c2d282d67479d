import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { CurrentActor } from '../auth/current-actor.decorator';
import { RequireRole } from '../auth/require-role.decorator';
import { IdPipe } from '../http/id.pipe';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { ExportsService } from './exports.service';

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('admin')
@Controller('admin/customers/:id/export')
export class AdminExportController {
  constructor(@Inject(ExportsService) private readonly exports: ExportsService) {}

  @Get()
  @ApiOperation({ summary: 'Everything that a customer has, as they see it' })
  @ApiQuery({ name: 'include', required: false, enum: ['backups'] })
  @ApiProduces('application/zip')
  @ApiOkResponse({ description: 'A zip.' })
  @ApiProblems(401, 403, 404, 422)
  async send(
    @Param('id', IdPipe) id: string,
    @CurrentActor() actor: Actor,
    @Query() query: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.exports.send(id, actor, query, reply);
  }
}
