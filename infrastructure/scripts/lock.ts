import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './progress.ts';

const TELL_AFTER_MS = 2_000;

/** `pid.start-time`: numbers are used again after a restart of the machine or container, together with their start never. */
function identity(pid: number): string {
  return `${pid}.${startTime(pid) ?? 'unknown'}`;
}

/** Clock ticks since boot at which the process began, where the system tells. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isAlive(owner: string): boolean {
  const pid = Number.parseInt(owner, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process, but a living one.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return identity(pid) === owner;
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(identity(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Answers whose the lock is, once that is known to be somebody alive; removes it otherwise. */
async function ownerUnlessStale(path: string): Promise<string | undefined> {
  const read = (): Promise<string> => readFile(path, 'utf8').catch(() => '');
  // An empty file is one whose owner has created it and not yet written its name: leave it a moment.
  if ((await read()) === '') await sleep(300);
  const owner = await read();
  if (owner !== '' && isAlive(owner)) return owner;
  await rm(path, { force: true });
  return undefined;
}

/** Only one process of this machine is inside `work` for that lock file; one left by a dead process is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const startedAt = Date.now();
  for (let told = false; !(await take(path)); await sleep(250)) {
    const owner = await ownerUnlessStale(path);
    if (owner === undefined || told || Date.now() - startedAt < TELL_AFTER_MS) continue;
    say(`Waiting for process ${Number.parseInt(owner, 10)}, which holds ${path}.`);
    told = true;
  }
  const release = (): Promise<void> => rm(path, { force: true });
  try {
    return await work();
  } finally {
    await release();
  }
}
