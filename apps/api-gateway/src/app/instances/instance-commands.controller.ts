import { Body, Controller, Inject, Patch, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { InstanceCommand } from '@saasodoo/instances/domain';
import type { FastifyReply } from 'fastify';
import { RequireRole } from '../auth/require-role.decorator';
import { give } from '../http/answer';
import { ApiCommand } from './api-command.decorator';
import { CommandPreviewResponse } from './command-preview.response';
import { Command, type CommandRequest } from './command-request.decorator';
import { InstanceActionRequest } from './instance-action.request';
import { commandOf } from './instance-actions';
import { InstanceCommandsService } from './instance-commands.service';
import { InstanceResponse } from './instance.response';
import { SuspendInstanceRequest } from './suspend-instance.request';
import { UpdateInstanceRequest } from './update-instance.request';
import { UpdateInstanceService } from './update-instance.service';

type CommandBody = InstanceResponse | CommandPreviewResponse;

/** What can be asked of an instance that exists; each answers at once with the operation that carries it out. */
@ApiTags('instances')
@ApiBearerAuth()
@Controller('instance/instances/:id')
export class InstanceCommandsController {
  constructor(
    @Inject(InstanceCommandsService) private readonly commands: InstanceCommandsService,
    @Inject(UpdateInstanceService) private readonly updates: UpdateInstanceService,
  ) {}

  @Post('start')
  @ApiCommand('Start a stopped instance', 'A service that is missing is made anew.')
  start(@Command() command: CommandRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.execute('start', command, reply);
  }

  @Post('unpause')
  @ApiCommand('Start a stopped instance', 'The same as start: Swarm has no pause.')
  unpause(@Command() command: CommandRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.execute('start', command, reply);
  }

  @Post('stop')
  @ApiCommand('Stop an instance', 'Nothing is lost. Done when the last process has ended; visitors are told.')
  stop(@Command() command: CommandRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.execute('stop', command, reply);
  }

  @Post('restart')
  @ApiCommand("Replace the instance's task by a new one", 'Done when the new task answers.')
  restart(@Command() command: CommandRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.execute('restart', command, reply);
  }

  @Post('suspend')
  @RequireRole('admin')
  @ApiCommand('Suspend an instance', 'Visitors get 402 with the reason, and its customer cannot start it.')
  suspend(
    @Command() command: CommandRequest,
    @Body() { reason }: SuspendInstanceRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.execute('suspend', command, reply, reason);
  }

  @Post('resume')
  @RequireRole('admin')
  @ApiCommand('End a suspension', 'Back to what was wanted before it: running, or stopped.')
  resume(@Command() command: CommandRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.execute('resume', command, reply);
  }

  @Post('redeploy')
  @RequireRole('admin')
  @ApiCommand(
    'Make the service anew',
    'From what PostgreSQL says of the instance, whatever became of its service.',
  )
  redeploy(@Command() command: CommandRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.execute('redeploy', command, reply);
  }

  @Post('actions')
  @ApiCommand('Do what `action` says', 'The same as the route of that name.')
  act(
    @Command() command: CommandRequest,
    @Body() { action, reason }: InstanceActionRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.execute(commandOf(action), command, reply, reason);
  }

  @Patch()
  @ApiCommand(
    'Change an instance',
    'CPU, memory and environment replace the running task; name, description and storage restart nothing. What is changed on a ' +
      'stopped instance applies at its next start. A change that cannot be had is taken back.',
  )
  async update(
    @Command() { id, actor, ...options }: CommandRequest,
    @Body() request: UpdateInstanceRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CommandBody> {
    return give(await this.updates.update(id, actor, request, options), reply);
  }

  private async execute(
    name: InstanceCommand,
    { id, actor, ...options }: CommandRequest,
    reply: FastifyReply,
    reason?: string,
  ): Promise<CommandBody> {
    return give(await this.commands.execute(name, id, actor, { ...options, reason }), reply);
  }
}
