import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '../../..');

/** `child.ts` as a process that can be killed, stopped and continued. */
export class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown[]>;

  constructor(role: 'works' | 'fails' | 'deaf', databaseUrl: string, crashAt?: string) {
    const hook = resolve(REPOSITORY, 'test/support/register.cjs');
    this.child = spawn(
      process.execPath,
      ['--require', hook, resolve(__dirname, 'child.ts'), role, databaseUrl],
      {
        cwd: REPOSITORY,
        env: { ...process.env, ...(crashAt === undefined ? {} : { SAASODOO_CRASH_AT: crashAt }) },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    this.exited = once(this.child, 'exit');
  }

  /** Resolves with the signal that ended it. */
  async ended(): Promise<NodeJS.Signals | null> {
    const [, signal] = await this.exited;
    return signal as NodeJS.Signals | null;
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
