import { CephFs } from '@saasodoo/ceph';
import { storageDirectoryName } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';
import { CephStorage, LocalStorage } from '@saasodoo/storage';
import { describeOnCeph } from '@saasodoo/testing';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupsConfig } from '../src/app/backups/backups.config';
import type { HeldFiles, HoldContext } from '../src/app/backups/held-files';
import { LinkedFiles } from '../src/app/backups/linked-files';
import { SnapshotFiles } from '../src/app/backups/snapshot-files';
import { Workspace } from '../src/app/backups/workspace';

const MEBIBYTE = 1024 ** 2;
const instanceId = newId();
const directory = storageDirectoryName('held', instanceId);

/** As holding on to files gets it; the rest of a context it does not use. */
function contextOf(operationId: string): HoldContext {
  const known: unknown = {
    operation: { id: operationId },
    instance: { id: instanceId, databaseName: 'held' },
    signal: new AbortController().signal,
  };
  return known as HoldContext;
}

function workspaceIn(root: string): Workspace {
  const config: unknown = { backupRoot: join(root, 'odoo_backups') };
  return new Workspace(config as BackupsConfig);
}

async function filesIn(roots: readonly string[]): Promise<string[]> {
  const all = await Promise.all(roots.map((root) => readdir(root, { recursive: true, withFileTypes: true })));
  const files = all.flat().filter((entry) => entry.isFile());
  return [...new Set(files.map(({ name }) => name))].sort();
}

/** Between the two moments one file is removed and one is written. */
async function holdBoth(held: HeldFiles, path: string, context: HoldContext): Promise<void> {
  await mkdir(join(path, 'filestore'), { recursive: true });
  await writeFile(join(path, 'filestore', 'stays'), 'stays');
  await writeFile(join(path, 'filestore', 'goes'), 'goes');
  await held.hold(context, 'before');
  await rm(join(path, 'filestore', 'goes'));
  await writeFile(join(path, 'filestore', 'comes'), 'comes');
  await held.hold(context, 'after');
  await rm(join(path, 'filestore', 'stays'));
}

const owner = { instanceId, uid: 0, gid: 0, quotaBytes: 100 * MEBIBYTE };

describe('files held by links', () => {
  test('are those of both moments, and leave with the workspace', async () => {
    const root = await mkdtemp(join(tmpdir(), 'saasodoo-held-'));
    try {
      const storage = new LocalStorage(root);
      await storage.ensureDirectory(directory, owner);
      const workspace = workspaceIn(root);
      const context = contextOf(newId());
      await workspace.ensure(context.operation.id, { uid: 0, gid: 0 });
      const held = new LinkedFiles(storage, workspace);
      await holdBoth(held, storage.path(directory), context);
      expect(await filesIn(held.roots(context))).toEqual(['comes', 'goes', 'stays']);
      expect(await held.measure(context)).toEqual({ count: 3, bytes: 14 });
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

describeOnCeph('files held by snapshots of a real CephFS', (ceph) => {
  let root: string;
  let storage: CephStorage;
  let held: SnapshotFiles;

  beforeEach(async () => {
    root = await mkdtemp(join(ceph.platform, 'held-'));
    storage = new CephStorage(root, new CephFs(root));
    await storage.ensureDirectory(directory, owner);
    held = new SnapshotFiles(storage, workspaceIn(root));
  });

  afterEach(() => new CephFs(ceph.platform).trees.remove(root));

  const labels = async () => (await storage.listSnapshots(directory)).map(({ label }) => label);

  test('are those of both moments, and nothing is left of them when they are let go', async () => {
    const context = contextOf(newId());
    await holdBoth(held, storage.path(directory), context);
    expect(await filesIn(held.roots(context))).toEqual(['comes', 'goes', 'stays']);
    await held.release(context);
    expect(await labels()).toEqual([]);
    await held.release(context);
    await storage.removeDirectory(directory, instanceId);
    await held.release(context);
  });

  test('stay as they are when the same moment is held again', async () => {
    const context = contextOf(newId());
    await held.hold(context, 'before');
    await writeFile(join(storage.path(directory), 'late'), 'late');
    await held.hold(context, 'before');
    await expect(stat(join(held.roots(context)[0] ?? '', 'late'))).rejects.toThrow('ENOENT');
  });

  test('what a worker left that nobody came after is removed by the next backup, and nothing else', async () => {
    await held.hold(contextOf(newId()), 'before');
    await storage.snapshot(directory, 'by-hand');
    const next = contextOf(newId());
    await held.hold(next, 'before');
    expect((await labels()).sort()).toEqual([`backup-${next.operation.id}-before`, 'by-hand']);
  });
});
