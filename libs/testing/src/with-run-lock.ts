import { AppError, errorCode, until } from '@saasodoo/kernel';
import { mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testRunId } from './test-run';

const WAIT_MS = 240_000;

/** Lets the Jest workers of this run do `work` one after the other. */
export async function withRunLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = join(tmpdir(), `saasodoo-test-${name}-${testRunId}.lock`);
  await until(
    () => take(folder),
    () =>
      AppError.terminal('testing.lock_stuck', `${folder} is held for too long`, {
        hint: 'Remove the folder.',
      }),
    { withinMs: WAIT_MS },
  );
  try {
    return await work();
  } finally {
    await rmdir(folder);
  }
}

async function take(folder: string): Promise<true | undefined> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}
