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
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [table = '', count] = line.split('\t');
      return [table, Number(count)];
    }),
  );
}
