import type { InstanceStorage } from '@saasodoo/storage';
import { linkTree, measureTree, type TreeSize } from './file-tree';
import { directoryNameOf, type HeldFiles, type HoldContext, NOT_BACKED_UP } from './held-files';
import { ARCHIVE_LINKED_FILES } from './job-scripts';
import type { Workspace } from './workspace';

/** By hard links in the workspace, which goes with the operation. Works on any file system. */
export class LinkedFiles implements HeldFiles {
  readonly archiveScript = ARCHIVE_LINKED_FILES;

  constructor(
    private readonly storage: InstanceStorage,
    private readonly workspace: Workspace,
  ) {}

  /** What is new is added to what was linked before. */
  async hold(context: HoldContext): Promise<void> {
    const walk = { except: NOT_BACKED_UP, signal: context.signal };
    await linkTree(this.storage.path(directoryNameOf(context)), this.files(context), walk);
  }

  directories(): Readonly<Record<string, string>> {
    return {};
  }

  measure(context: HoldContext): Promise<TreeSize> {
    return measureTree(this.files(context), { except: NOT_BACKED_UP, signal: context.signal });
  }

  roots(context: HoldContext): readonly string[] {
    return [this.files(context)];
  }

  async release(): Promise<void> {
    // They are removed with the workspace, by whoever removes that.
  }

  private files({ operation }: HoldContext): string {
    return this.workspace.path(operation.id, 'files');
  }
}
