import { Injectable } from '@nestjs/common';
import { AppError, isUuid } from '@saasodoo/kernel';
import { chown, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupsConfig } from './backups.config';

export interface WorkspaceUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A directory for each operation that makes or restores a backup, which its jobs and its worker share: on the storage that
 * every node sees, on the same file system as the instances, so that files can be linked into it.
 */
@Injectable()
export class Workspace {
  constructor(private readonly config: BackupsConfig) {}

  /** Of an operation, or of something below it. Throws `backup.name_malformed`. */
  path(operationId: string, ...names: readonly string[]): string {
    if (!isUuid(operationId) || names.some((name) => !/^[a-z0-9][a-z0-9._-]*$/.test(name))) {
      throw AppError.terminal('backup.name_malformed', 'this names no place where backups are prepared');
    }
    return join(this.config.backupRoot, '.workspace', operationId.toLowerCase(), ...names);
  }

  /** Made for the user of the jobs, or found. */
  async ensure(operationId: string, { uid, gid }: WorkspaceUser): Promise<string> {
    const path = this.path(operationId);
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chown(path, uid, gid);
    return path;
  }

  async remove(operationId: string): Promise<void> {
    await rm(this.path(operationId), { recursive: true, force: true });
  }
}
