import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { CurrentActor } from '../auth/current-actor.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { ExportsService } from './exports.service';

@ApiTags('exports')
@ApiBearerAuth()
@Controller('instance/export')
export class ExportController {
  constructor(@Inject(ExportsService) private readonly exports: ExportsService) {}

  @Get()
  @ApiOperation({
    summary: 'Take everything with you',
    description:
      'Profile, instances, backups, imports, operations, history and audit as JSON in one zip; the newest backup of each ' +
      'instance, as Odoo restores it, when it is asked for.',
  })
  @ApiQuery({ name: 'include', required: false, enum: ['backups'] })
  @ApiProduces('application/zip')
  @ApiOkResponse({ description: 'A zip.' })
  @ApiProblems(401, 403, 422)
  async send(
    @CurrentActor() actor: Actor,
    @Query() query: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.exports.send(actor.customerId, actor, query, reply);
  }
}
