import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** The repository, wherever the command was started from. */
export const repository = resolve(import.meta.dirname, '../..');

/** What the scripts remember between runs, ignored by git. The secrets of deployments are in it: back it up with their volumes. */
export const stateFolder = join(repository, '.saasodoo');

export function inRepository(...parts: string[]): string {
  return join(repository, ...parts);
}

export function inState(...parts: string[]): string {
  return join(stateFolder, ...parts);
}

/** Whether this module is the script that node was started with. */
export function isMain(meta: ImportMeta): boolean {
  return meta.main;
}

/** Readers never see a half-written file: written beside it, then renamed. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`);
  await rename(draft, path);
}

export async function readTextOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
