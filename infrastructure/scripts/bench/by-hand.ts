import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { inRepository } from '../paths.ts';

export interface ByHandOptions {
  readonly stack: string;
  readonly platformImage: string;
  readonly network: string;
  /** Service whose specification the bare one copies. */
  readonly copyOf: string;
}

/** `test/load/lifecycle-by-hand.mjs`, running: does what it is told to its own service and says how long that took. */
export class ByHand {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    this.reader = createInterface({ input: child.stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  /** Resolves when the bare service serves. */
  static async start({ stack, platformImage, network, copyOf }: ByHandOptions): Promise<ByHand> {
    const script = inRepository('test/load/lifecycle-by-hand.mjs');
    const name = `bench-by-hand-${process.pid}`;
    const child = spawn('docker', [
      ...['run', '--rm', '-i', '--label', `saasodoo.stack=${stack}`, '--network', network],
      ...['-v', '/var/run/docker.sock:/var/run/docker.sock', '-v', `${script}:/by-hand.mjs:ro`],
      ...['-e', `COPY_OF=${copyOf}`, '-e', `NAME=${name}`, '-e', `STACK=${stack}`],
      ...[platformImage, 'node', '/by-hand.mjs'],
    ]);
    child.stderr.pipe(process.stderr);
    const byHand = new ByHand(child);
    await byHand.answer();
    return byHand;
  }

  /** Milliseconds that it took. */
  async time(operation: string): Promise<number> {
    this.child.stdin.write(`${operation}\n`);
    const { ms } = (await this.answer()) as { ms: number };
    return ms;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin.write('end\n');
    await ended;
    this.reader.close();
  }

  private async answer(): Promise<unknown> {
    const next = await this.lines.next();
    if (next.done === true) throw new Error('the script that works by hand has ended; its error is above');
    return JSON.parse(next.value);
  }
}
