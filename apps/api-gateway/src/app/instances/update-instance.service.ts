import { Inject, Injectable } from '@nestjs/common';
import { type Actor, changeScope, roleInsufficient } from '@saasodoo/identity/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { assertStorageFits } from '@saasodoo/instances/domain';
import {
  type CommandAnswer,
  type CommandOptions,
  InstanceCommandsService,
} from './instance-commands.service';
import { instanceUnknown } from './instance-unknown';
import { commandFor, readShape } from './read-shape';
import type { UpdateInstanceRequest } from './update-instance.request';

@Injectable()
export class UpdateInstanceService {
  constructor(
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(InstanceCommandsService) private readonly commands: InstanceCommandsService,
  ) {}

  /** Stores what is wanted and opens the operation that brings it about. Throws `instance.not_found`, `InvalidRequest`, `role.insufficient`, `storage.quota_below_usage`. */
  async update(
    id: string,
    actor: Actor,
    request: UpdateInstanceRequest,
    options: Pick<CommandOptions, 'dryRun' | 'idempotencyKey'>,
  ): Promise<CommandAnswer> {
    const shape = readShape(request);
    const { force = false } = request;
    if (force && actor.role !== 'admin') throw roleInsufficient('admin');
    const instance = await this.instances.findInScope(id, changeScope(actor));
    if (instance === undefined) throw instanceUnknown();
    if (!force) assertStorageFits(shape, instance);
    return this.commands.execute(commandFor(shape, instance), id, actor, { ...options, shape, force });
  }
}
