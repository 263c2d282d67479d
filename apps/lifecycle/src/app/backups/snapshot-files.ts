import { AppError, crashPoint } from '@saasodoo/kernel';
import type { InstanceStorage } from '@saasodoo/storage';
import { readFile } from 'node:fs/promises';
import type { TreeSize } from './file-tree';
import { directoryNameOf, type HeldFiles, type HeldMoment, type HoldContext } from './held-files';
import { ARCHIVE_SNAPSHOTS } from './job-scripts';
import type { Workspace } from './workspace';

const MOMENTS: readonly HeldMoment[] = ['before', 'after'];
const PREFIX = 'backup-';

/** By two snapshots, each taken in an instant whatever the directory holds. Their names say whose they are. */
export class SnapshotFiles implements HeldFiles {
  readonly archiveScript = ARCHIVE_SNAPSHOTS;

  constructor(
    private readonly storage: InstanceStorage,
    private readonly workspace: Workspace,
  ) {}

  /**
   * Backups of one instance follow each other, so that snapshots of another one are what a worker left that nobody came
   * after: they go first.
   */
  async hold(context: HoldContext, moment: HeldMoment): Promise<void> {
    const [directory, label] = [directoryNameOf(context), labelOf(context, moment)];
    const taken = (await this.storage.listSnapshots(directory)).map((snapshot) => snapshot.label);
    const own = MOMENTS.map((one) => labelOf(context, one));
    for (const stray of taken.filter((found) => found.startsWith(PREFIX) && !own.includes(found))) {
      await this.storage.removeSnapshot(directory, stray);
    }
    if (taken.includes(label)) return;
    await this.storage.snapshot(directory, label);
    crashPoint(`backup.snapshot.${moment}`);
  }

  directories(context: HoldContext): Readonly<Record<string, string>> {
    return Object.fromEntries(MOMENTS.map((moment) => [`/${moment}`, this.pathOf(context, moment)]));
  }

  /** As the script counted them. */
  async measure({ operation }: HoldContext): Promise<TreeSize> {
    const [count, bytes] = (await readFile(this.workspace.path(operation.id, 'files.tsv'), 'utf8'))
      .split('\t')
      .map(Number);
    if (Number.isSafeInteger(count) && Number.isSafeInteger(bytes))
      return { count: count ?? 0, bytes: bytes ?? 0 };
    throw AppError.retryable('backup.files_uncounted', 'the archive was made and its files were not counted');
  }

  roots(context: HoldContext): readonly string[] {
    return MOMENTS.map((moment) => this.pathOf(context, moment));
  }

  async release(context: HoldContext): Promise<void> {
    for (const moment of MOMENTS) {
      await this.storage.removeSnapshot(directoryNameOf(context), labelOf(context, moment));
    }
  }

  private pathOf(context: HoldContext, moment: HeldMoment): string {
    return this.storage.snapshotPath(directoryNameOf(context), labelOf(context, moment));
  }
}

function labelOf({ operation }: HoldContext, moment: HeldMoment): string {
  return `${PREFIX}${operation.id}-${moment}`;
}
