import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { cephError } from './ceph-error';
import { errnoOf } from './errno-of';
import { PROGRAM_ENVIRONMENT } from './program-environment';

/** A look at the usage goes to the MDS, and a byte that is written through to the OSDs. */
const SCRIPT = `getfattr --only-values --absolute-names -n ceph.dir.rbytes -- "$1" >/dev/null &&
  dd if=/dev/zero of="$2" bs=1 count=1 conv=notrunc,fsync status=none`;

/** Not among what belongs to anybody. */
const FILE = '.saasodoo-write-probe';

/**
 * Whether something can be written now, found out by writing. A mount that does not answer keeps every process that asks,
 * whatever signal it gets: there is one at a time, and as long as it is kept nobody else needs to ask.
 */
export class WriteProbe {
  private kept: ChildProcess | undefined;
  private look: Promise<void> | undefined;

  constructor(
    private readonly root: string,
    private readonly timeoutMs: number,
  ) {}

  /** Throws what `cephError` makes. */
  run(): Promise<void> {
    if (this.look !== undefined) return this.look;
    if (this.kept !== undefined) return Promise.reject(cephError('ETIMEDOUT', this.root));
    this.look = this.ask().finally(() => {
      this.look = undefined;
    });
    return this.look;
  }

  private ask(): Promise<void> {
    return new Promise((resolve, reject) => {
      const args = ['-c', SCRIPT, 'sh', this.root, join(this.root, FILE)];
      const child = spawn('sh', args, { env: PROGRAM_ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] });
      this.kept = child;
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        child.stderr.destroy();
        child.unref();
        reject(cephError('ETIMEDOUT', this.root));
      }, this.timeoutMs);
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
      child.on('error', (error) => {
        clearTimeout(timer);
        this.kept = undefined;
        reject(cephError(undefined, this.root, error));
      });
      child.on('exit', () => {
        this.kept = undefined;
      });
      child.on('close', (code) => {
        clearTimeout(timer);
        if (code === 0) resolve();
        else reject(cephError(errnoOf(said.split('\n')[0] ?? ''), this.root, said));
      });
    });
  }
}
