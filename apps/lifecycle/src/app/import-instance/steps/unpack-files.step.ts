import { Inject, Injectable } from '@nestjs/common';
import { filestorePath } from '@saasodoo/backups/domain';
import { AppError, errorCode } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { readFile, stat } from 'node:fs/promises';
import { BackupsConfig } from '../../backups/backups.config';
import { withBytesProgress } from '../../backups/bytes-progress';
import { measureTree } from '../../backups/file-tree';
import { InstanceData } from '../../backups/instance-data';
import { Workspace } from '../../backups/workspace';
import { Filestore } from '../filestore';
import type { OpenImport } from '../open-import';
import { ReceivedImports } from '../received-imports';
import { entryContent } from '../zip/entry-content';

const FULL = ['ENOSPC', 'EDQUOT'];

/** The files in a directory of their own, with the quota of the instance to be. */
@Injectable()
export class UnpackFilesStep implements Step<TenantContext> {
  readonly name = 'unpack-files';
  readonly timeoutMs: number;

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly data: InstanceData,
    private readonly received: ReceivedImports,
    private readonly workspace: Workspace,
    config: BackupsConfig,
  ) {
    this.timeoutMs = config.BACKUP_JOB_TIMEOUT_MS;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    const { operation, instance, image, signal } = context;
    const { staged } = this.data.directories(instance, operation.id);
    const { uid, gid } = image().profile;
    // Unpacking over what an interrupted worker has left would keep what does not belong there.
    await this.undo(context);
    await this.storage.ensureDirectory(staged, {
      ...{ instanceId: instance.id, uid, gid, quotaBytes: instance.storageBytes },
    });
    const path = this.storage.path(staged);
    const filestore = new Filestore(path, instance.databaseName, { uid, gid });
    await this.received.with(operation, (zip) => unpack(context, zip, filestore));
    await filestore.sync();
    const size = await measureTree(path, { except: [], signal });
    const attachments = await readFile(this.workspace.path(operation.id, 'attachments.txt'), 'utf8');
    const missing = await filestore.countMissing(attachments.split('\n'));
    const { ino } = await stat(path, { bigint: true });
    return { ...size, missing, inode: String(ino) };
  }

  async undo({ instance, operation }: TenantContext): Promise<void> {
    const { staged } = this.data.directories(instance, operation.id);
    await this.storage.removeDirectory(staged, instance.id);
  }
}

async function unpack(
  context: TenantContext,
  { file, entries }: OpenImport,
  filestore: Filestore,
): Promise<void> {
  let bytes = 0;
  await withBytesProgress(context, { what: 'unpacked', bytesSoFar: async () => bytes }, async () => {
    for (const entry of entries) {
      context.signal.throwIfAborted();
      const path = filestorePath(entry);
      if (path === undefined) continue;
      await filestore.write(path, entryContent(file, entry)).catch(explainFull(context));
      bytes += entry.bytes;
    }
  });
}

function explainFull({ instance }: TenantContext): (error: unknown) => never {
  return (error) => {
    if (!FULL.includes(String(errorCode(error)))) throw error;
    throw AppError.terminal('import.storage_full', 'the files do not fit into the storage of the instance', {
      cause: error,
      hint: 'Begin again with a larger storage_limit.',
      facts: { storage_bytes: instance.storageBytes },
    });
  };
}
