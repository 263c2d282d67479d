import { AppError, type ErrorRecord, toErrorRecord } from '@saasodoo/kernel';
import type { CephRoot } from './ceph-root';
import type { ExtendedAttributes } from './extended-attributes';

export interface MountHealth {
  readonly isMounted: boolean;
  /** Why it cannot be used. */
  readonly error?: ErrorRecord;
}

/** These say that another file system, or nothing, is where CephFS should be. */
const OTHERS = ['ceph.not_cephfs', 'ceph.directory_missing'];

/** Whether CephFS is there. Without it, what is written lands on the node's own disk and is missed everywhere else. */
export class CephMount {
  constructor(
    private readonly root: CephRoot,
    private readonly attributes: ExtendedAttributes,
  ) {}

  /** Throws `ceph.not_mounted`, `ceph.stale_mount` or `ceph.unanswered`; all of them may be over later. */
  async require(): Promise<void> {
    const { path } = this.root;
    try {
      if ((await this.attributes.get(path, 'ceph.dir.rbytes')) !== undefined) return;
    } catch (error) {
      if (!(error instanceof AppError) || !OTHERS.includes(error.code)) throw error;
    }
    throw AppError.retryable('ceph.not_mounted', `CephFS is not mounted at ${path}`, {
      hint: `Mount it there: \`mountpoint ${path}\` and \`df ${path}\` say what is there now.`,
      facts: { path },
    });
  }

  async health(): Promise<MountHealth> {
    try {
      await this.require();
      return { isMounted: true };
    } catch (error) {
      return { isMounted: false, error: toErrorRecord(error) };
    }
  }
}
