import { Inject, Injectable } from '@nestjs/common';
import { type Instance, storageDirectoryName } from '@saasodoo/instances/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE } from '@saasodoo/tenants';
import { access } from 'node:fs/promises';
import { MonitorConfig } from '../app.config';
import type { DirectoryFact } from './diagnosis-facts';

/** Looks whether the files of an instance are where they should be, and whether anything can be written there. */
@Injectable()
export class DirectoryCheck {
  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly config: MonitorConfig,
  ) {}

  /** With the storage itself in trouble, or its root missing, nothing is said of what should be on it. */
  async look({ databaseName, id }: Pick<Instance, 'databaseName' | 'id'>): Promise<DirectoryFact> {
    const [storage, root] = [this.storage, this.config.STORAGE_ROOT];
    if (root === undefined) return { state: 'unknown' };
    const name = storageDirectoryName(databaseName, id);
    const path = storage.path(name);
    const trouble = await storage.trouble();
    if (trouble !== undefined) return { path, state: 'unknown', trouble };
    if (!(await exists(root))) return { path, state: 'unknown' };
    return { path, state: (await storage.exists(name)) ? 'present' : 'missing' };
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
