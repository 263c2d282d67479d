import { AppError, errorCode } from '@saasodoo/kernel';
import { type ChildProcess, execFile } from 'node:child_process';
import { cephError } from './ceph-error';
import { errnoOf } from './errno-of';
import { PROGRAM_ENVIRONMENT } from './program-environment';

/** So many processes that the mount keeps until it answers are proof enough that it does not. */
const MOST_KEPT = 16;

/** How many paths one process is asked about. */
const BATCH = 200;

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Extended attributes through the programs getfattr and setfattr. A mount whose cluster is gone does not fail a call, it
 * keeps it: a process that is given up costs nothing, a thread of ours that hangs would.
 */
export class ExtendedAttributes {
  private kept = 0;

  constructor(private readonly timeoutMs: number) {}

  /** `undefined` when the attribute is not set. Throws what `cephError` makes. */
  async get(path: string, name: string): Promise<string | undefined> {
    const args = ['--no-dereference', '--only-values', '--absolute-names', '-n', name, '--', path];
    const { stdout, stderr } = await this.run('getfattr', args, path);
    const errno = errnoOf(stderr);
    if (errno === 'ENODATA') return undefined;
    if (errno !== undefined) throw cephError(errno, path, stderr);
    return stdout;
  }

  /** By path; those that are not there, or do not have it, are left out. */
  async getEach(paths: readonly string[], name: string): Promise<Map<string, string>> {
    const values = new Map<string, string>();
    for (let start = 0; start < paths.length; start += BATCH) {
      const batch = paths.slice(start, start + BATCH);
      const args = ['--no-dereference', '--absolute-names', '-n', name, '--', ...batch];
      const { stdout, stderr } = await this.run('getfattr', args, batch[0] ?? '');
      const errno = stderr.split('\n').map(errnoOf).find(isFailure);
      if (errno !== undefined) throw cephError(errno, batch[0] ?? '', stderr);
      for (const [path, value] of readValues(stdout)) values.set(path, value);
    }
    return values;
  }

  /** Throws what `cephError` makes. */
  async set(path: string, name: string, value: string): Promise<void> {
    const args = ['--no-dereference', '-n', name, '-v', value, '--', path];
    const { stderr } = await this.run('setfattr', args, path);
    const errno = errnoOf(stderr);
    if (errno !== undefined) throw cephError(errno, path, stderr);
  }

  private run(program: string, args: readonly string[], path: string): Promise<Outcome> {
    if (this.kept >= MOST_KEPT) return Promise.reject(cephError('ETIMEDOUT', path));
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const options = {
        signal,
        killSignal: 'SIGKILL',
        env: PROGRAM_ENVIRONMENT,
        maxBuffer: 16 * 1024 ** 2,
      } as const;
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        if (signal.aborted && error !== null) this.count(child);
        if (signal.aborted && error !== null) reject(cephError('ETIMEDOUT', path, error));
        else if (errorCode(error) === 'ENOENT') reject(toolMissing(program));
        else if (error !== null && stderr === '') reject(cephError(undefined, path, error));
        else resolve({ stdout, stderr });
      });
    });
  }

  /** One that was killed and lives on. */
  private count(child: ChildProcess): void {
    if (child.exitCode !== null || child.signalCode !== null) return;
    this.kept += 1;
    child.once('exit', () => (this.kept -= 1));
  }
}

function isFailure(errno: string | undefined): errno is string {
  return errno !== undefined && errno !== 'ENOENT' && errno !== 'ENODATA';
}

/** Blocks of `# file: path` and `name="value"`; backslashes and what is no letter come as octal numbers. */
function* readValues(stdout: string): Generator<readonly [string, string]> {
  for (const [, path = '', value = ''] of stdout.matchAll(/^# file: (.*)\n[^=\n]+="(.*)"$/gm)) {
    yield [unescaped(path), unescaped(value)];
  }
}

function unescaped(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return bytes === text ? text : Buffer.from(bytes, 'latin1').toString('utf8');
}

function toolMissing(program: string): AppError {
  return AppError.terminal('ceph.tool_missing', `${program} is not installed here`, {
    hint: "Install Debian's package attr: the platform's image has it.",
  });
}
