import type { FactoryProvider } from '@nestjs/common';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE } from '@saasodoo/tenants';
import { HELD_FILES, type HeldFiles } from './held-files';
import { LinkedFiles } from './linked-files';
import { SnapshotFiles } from './snapshot-files';
import { Workspace } from './workspace';

/** Snapshots where the storage takes them. */
export const heldFilesProvider: FactoryProvider<HeldFiles> = {
  provide: HELD_FILES,
  inject: [INSTANCE_STORAGE, Workspace],
  useFactory: (storage: InstanceStorage, workspace: Workspace) =>
    storage.takesSnapshots ? new SnapshotFiles(storage, workspace) : new LinkedFiles(storage, workspace),
};
