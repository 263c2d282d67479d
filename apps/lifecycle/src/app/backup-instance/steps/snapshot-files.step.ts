import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { directoryNameOf, HELD_FILES, type HeldFiles } from '../../backups/held-files';
import { makesBackup } from '../../backups/instance-data';
import { Workspace } from '../../backups/workspace';

/**
 * Holds on to every file that is there before the dump begins, so that what is cleaned away during it is not lost. What is
 * written during it is held afterwards, see `ArchiveFilesStep`.
 */
@Injectable()
export class SnapshotFilesStep implements Step<TenantContext> {
  readonly name = 'snapshot-files';
  readonly timeoutMs = 3_600_000;

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    @Inject(HELD_FILES) private readonly held: HeldFiles,
    private readonly workspace: Workspace,
  ) {}

  async isDone({ operation }: TenantContext): Promise<boolean> {
    return !makesBackup(operation);
  }

  async run(context: TenantContext): Promise<void> {
    const directory = directoryNameOf(context);
    if (!(await this.storage.exists(directory))) throw directoryMissing(directory);
    await this.workspace.ensure(context.operation.id, context.image().profile);
    await this.held.hold(context, 'before');
  }

  async undo(context: TenantContext): Promise<void> {
    if (makesBackup(context.operation)) await this.held.release(context);
  }
}

function directoryMissing(directory: string): AppError {
  return AppError.terminal('storage.directory_missing', `the directory ${directory} is not there`, {
    hint: 'Is the storage mounted on this node? A backup without the files would be none.',
  });
}
