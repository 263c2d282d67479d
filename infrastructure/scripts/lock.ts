import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process, but a living one.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function removeWhenStale(path: string): Promise<void> {
  const owner = Number(await readFile(path, 'utf8').catch(() => ''));
  // An empty file is one whose owner has created it and not yet written its pid: leave it a moment.
  if (owner === 0) await sleep(300);
  const settled = owner || Number(await readFile(path, 'utf8').catch(() => ''));
  if (!settled || !isAlive(settled)) await rm(path, { force: true });
}

/** Only one process of this machine is inside `work` for that lock file; one left by a dead process is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(path))) {
    await removeWhenStale(path);
    await sleep(250);
  }
  const release = (): Promise<void> => rm(path, { force: true });
  try {
    return await work();
  } finally {
    await release();
  }
}
