import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to the command's standard input, which is otherwise empty. */
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Called with every line of either stream, for progress. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order they arrived. */
  readonly output: string;
  readonly timedOut: boolean;
}

export class CommandFailed extends Error {
  readonly result: RunResult;

  constructor(command: string, result: RunResult) {
    const why = result.timedOut ? 'took too long and was stopped' : `failed with exit code ${result.code}`;
    super(`\`${command}\` ${why}\n${tail(result.output, 40)}`.trimEnd());
    this.name = 'CommandFailed';
    this.result = result;
  }
}

export function tail(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** A missing program is answered like a shell does, with exit code 127, so that callers have one way to look. */
const NOT_FOUND = 127;

interface Streams {
  stdout: string;
  stderr: string;
  output: string;
}

function collect(child: ChildProcessWithoutNullStreams, onLine?: (line: string) => void): Streams {
  const streams = { stdout: '', stderr: '', output: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      streams[name] += chunk;
      streams.output += chunk;
      if (onLine)
        chunk
          .split(/[\r\n]+/)
          .filter(Boolean)
          .forEach(onLine);
    });
  }
  return streams;
}

/** Runs a command to its end and never throws for its exit code. */
export function tryRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...options.env };
    const child = spawn(command, args, { cwd: options.cwd, env, stdio: 'pipe' });
    const streams = collect(child, options.onLine);
    let timedOut = false;
    const stop = (): void => {
      timedOut = true;
      child.kill('SIGKILL');
    };
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(stop, options.timeoutMs);
    const finish = (code: number): void => {
      clearTimeout(timer);
      resolve({ code, ...streams, timedOut });
    };
    child.on('error', (error) => {
      streams.stderr += error.message;
      streams.output += error.message;
      finish(NOT_FOUND);
    });
    child.on('close', (code) => finish(code ?? 1));
    // A command that ends before it read its input is no failure of ours (EPIPE).
    child.stdin.on('error', () => undefined).end(options.input ?? '');
  });
}

/** Runs a command that must succeed; returns its standard output without the last newline. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const result = await tryRun(command, args, options);
  if (result.code !== 0) throw new CommandFailed([command, ...args].join(' '), result);
  return result.stdout.trimEnd();
}

export async function exists(command: string): Promise<boolean> {
  return (await tryRun('sh', ['-c', `command -v "${command}"`])).code === 0;
}

/** Polls until `look` answers something other than undefined; undefined when the time is over. */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  timeoutMs: number,
  everyMs = 200,
): Promise<T | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || Date.now() >= deadline) return found;
    await sleep(everyMs);
  }
}
