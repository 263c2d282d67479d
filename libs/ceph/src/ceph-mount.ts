import { AppError, type ErrorRecord, toErrorRecord } from '@saasodoo/kernel';
import type { CephRoot } from './ceph-root';
import type { ExtendedAttributes } from './extended-attributes';
import type { WriteProbe } from './write-probe';

/** These say that another file system, or nothing, is where CephFS should be. */
const OTHERS = ['ceph.not_cephfs', 'ceph.directory_missing'];

/** Whether CephFS is there. Without it, what is written lands on the node's own disk and is missed everywhere else. */
export class CephMount {
  constructor(
    private readonly root: CephRoot,
    private readonly attributes: ExtendedAttributes,
    private readonly probe: WriteProbe,
  ) {}

  /** Throws `ceph.not_mounted`, `ceph.stale_mount` or `ceph.unanswered`; all of them may be over later. */
  async require(): Promise<void> {
    const { path } = this.root;
    try {
      if ((await this.attributes.get(path, 'ceph.dir.rbytes')) !== undefined) return;
    } catch (error) {
      throw isElsewhere(error) ? notMounted(path) : error;
    }
    throw notMounted(path);
  }

  /**
   * Why nothing can be written now, found out by writing a byte; `undefined` when something can. Says so within seconds,
   * whatever hangs: `ceph.not_mounted`, `ceph.stale_mount`, `ceph.unanswered`, `ceph.read_only`, `ceph.no_space` …
   */
  async trouble(): Promise<ErrorRecord | undefined> {
    try {
      await this.probe.run();
      return undefined;
    } catch (error) {
      return toErrorRecord(isElsewhere(error) ? notMounted(this.root.path) : error);
    }
  }
}

function isElsewhere(error: unknown): boolean {
  return error instanceof AppError && OTHERS.includes(error.code);
}

function notMounted(path: string): AppError {
  return AppError.retryable('ceph.not_mounted', `CephFS is not mounted at ${path}`, {
    hint: `Mount it there: \`mountpoint ${path}\` and \`df ${path}\` say what is there now.`,
    facts: { path },
  });
}
