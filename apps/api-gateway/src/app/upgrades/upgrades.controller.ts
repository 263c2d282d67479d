import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { give } from '../http/answer';
import { ApiCommand } from '../instances/api-command.decorator';
import { Command, type CommandRequest } from '../instances/command-request.decorator';
import type { InstanceResponse } from '../instances/instance.response';
import { UpgradeInstanceRequest } from './upgrade-instance.request';
import { UpgradePreviewResponse } from './upgrade-preview.response';
import { UpgradeRequests } from './upgrade-requests.service';

@ApiTags('instances')
@ApiBearerAuth()
@ApiExtraModels(UpgradePreviewResponse)
@Controller('instance/instances/:id/upgrade')
export class UpgradesController {
  constructor(@Inject(UpgradeRequests) private readonly requests: UpgradeRequests) {}

  @Post()
  @ApiCommand(
    'Bring an instance to the image that its version has here now, and update its modules',
    'The instance is down meanwhile, and is backed up before. A copy of its data is upgraded and then takes the place of ' +
      'what was there. Whatever fails, image and data are as they were. Another major version needs a command that this ' +
      'site is configured with.',
  )
  @ApiOkResponse({ type: UpgradePreviewResponse, description: 'With dry_run.' })
  async upgrade(
    @Command() { id, actor, dryRun, idempotencyKey }: CommandRequest,
    @Body() request: UpgradeInstanceRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceResponse | UpgradePreviewResponse> {
    if (dryRun || request.dry_run) return give(await this.requests.preview(id, request, actor), reply);
    return give(await this.requests.upgrade(id, request, { actor, idempotencyKey }), reply);
  }
}
