import { AppError } from '@saasodoo/kernel';
import { readFile } from 'node:fs/promises';

/** What the dump's job wrote down of the moment it dumped. */
export interface DumpFacts {
  readonly serverVersion: string;
  readonly sizeBytes: number;
}

export async function readDumpFacts(path: string): Promise<DumpFacts> {
  const [serverVersion = '', size] = (await readFile(path, 'utf8')).trim().split('\t');
  const sizeBytes = Number(size);
  if (Number.isSafeInteger(sizeBytes)) return { serverVersion, sizeBytes };
  throw AppError.terminal('backup.facts_malformed', 'the dump left no facts that can be read');
}

/** Rows by table, as the jobs write them: name, tab, count. */
export async function readRowCounts(path: string): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries((await readPairs(path)).map(([table, count]) => [table, Number(count)]));
}

/** Versions of the installed modules by name. */
export async function readModules(path: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(await readPairs(path));
}

async function readPairs(path: string): Promise<[string, string][]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line): [string, string] => {
    const [name = '', value = ''] = line.split('\t');
    return [name, value];
  });
}
