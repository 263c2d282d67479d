import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '../../..');

/** `child.ts` as a process that can be killed. */
export class TestProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown[]>;

  constructor(role: 'relay' | 'scribe', databaseUrl: string, brokerUrl: string, crashAt?: string) {
    const script = resolve(__dirname, 'child.ts');
    const hook = resolve(REPOSITORY, 'test/support/register.cjs');
    this.child = spawn(process.execPath, ['--require', hook, script, role, databaseUrl, brokerUrl], {
      cwd: REPOSITORY,
      env: { ...process.env, ...(crashAt === undefined ? {} : { SAASODOO_CRASH_AT: crashAt }) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.exited = once(this.child, 'exit');
  }

  /** Resolves with the signal that ended it. */
  async ended(): Promise<NodeJS.Signals | null> {
    const [, signal] = await this.exited;
    return signal as NodeJS.Signals | null;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
