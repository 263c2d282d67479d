/**
 * Compiles the applications and libraries into dist/, one file for one file: `npm run build`.
 * `--with test/load,test/support` compiles those folders too. A file that did not change is not compiled again.
 */
import { copyFile, mkdir, readdir, readFile, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type Options, transform } from '@swc/core';
import { runAsScript, SetupError } from './errors.ts';
import { inRepository, isMain } from './paths.ts';
import { step } from './progress.ts';

export interface BuildResult {
  readonly compiled: number;
  readonly unchanged: number;
  readonly copied: number;
  readonly removed: number;
}

interface Source {
  /** Relative to the repository. */
  readonly path: string;
  readonly output: string;
  readonly kind: 'code' | 'asset';
  readonly modifiedMs: number;
}

type Outcome = 'compiled' | 'unchanged' | 'copied';

const ALWAYS = ['apps', 'libs'] as const;
const DIST = inRepository('dist');
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', '__snapshots__']);
const TEST_FILE = /\.(spec|int-spec|e2e-spec|test-d)\.ts$/;
const ASSET = /\.(json|html|css|svg|ico|txt|sql)$/;
/** These describe a project, they are not part of it. */
const PROJECT_FILES = new Set(['project.json', 'tsconfig.json', 'contracts.lock.json']);
/** A change of these can change every output. */
const SETTINGS = ['.swcrc', 'tsconfig.base.json', 'package.json', 'infrastructure/scripts/build.ts'];

/** Brings dist/ up to date with the sources under apps/, libs/ and `extraFolders` (relative to the repository). */
export async function build(extraFolders: readonly string[] = []): Promise<BuildResult> {
  const sources = await listSources([...ALWAYS, ...extraFolders]);
  const compile = await compiler();
  const notOlderThan = await newestSetting();
  const outcomes = await Promise.all(sources.map((source) => produce(source, compile, notOlderThan)));
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  const removed = await removeStale(new Set(sources.flatMap(({ kind, output }) => outputsOf(kind, output))));
  return { compiled: count('compiled'), unchanged: count('unchanged'), copied: count('copied'), removed };
}

async function listSources(folders: readonly string[]): Promise<Source[]> {
  const listed = await Promise.all(folders.map((folder) => walk(folder)));
  const sources = await Promise.all(listed.flat().map(describe));
  return sources.filter((source) => source !== undefined);
}

/** Every file below `folder`, relative to the repository. */
async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(inRepository(folder), { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return [path];
      return SKIPPED_FOLDERS.has(entry.name) ? [] : walk(path);
    }),
  );
  return nested.flat();
}

async function describe(path: string): Promise<Source | undefined> {
  const kind = kindOf(path);
  if (kind === undefined) return undefined;
  const output = join(DIST, kind === 'code' ? path.replace(/\.ts$/, '.js') : path);
  return { path, kind, output, modifiedMs: (await stat(inRepository(path))).mtimeMs };
}

function kindOf(path: string): Source['kind'] | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (TEST_FILE.test(name) || name.endsWith('.d.ts') || PROJECT_FILES.has(name)) return undefined;
  if (extname(name) === '.ts') return 'code';
  return ASSET.test(name) ? 'asset' : undefined;
}

async function newestSetting(): Promise<number> {
  const times = await Promise.all(SETTINGS.map(async (path) => (await stat(inRepository(path))).mtimeMs));
  return Math.max(...times);
}

/** The same transformation as in tests (.swcrc), plus path aliases resolved to relative requires. */
async function compiler(): Promise<Options> {
  const { $schema: _, ...swc } = await readSettings('.swcrc');
  const { compilerOptions } = (await readSettings('tsconfig.base.json')) as {
    compilerOptions: { paths: Record<string, string[]> };
  };
  const jsc = { ...(swc.jsc as Options['jsc']), baseUrl: inRepository(), paths: compilerOptions.paths };
  return { ...swc, jsc, swcrc: false, configFile: false, sourceMaps: true };
}

async function readSettings(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(inRepository(path), 'utf8')) as Record<string, unknown>;
}

async function produce(source: Source, options: Options, notOlderThan: number): Promise<Outcome> {
  if (await isFresh(source, notOlderThan)) return 'unchanged';
  await mkdir(dirname(source.output), { recursive: true });
  if (source.kind === 'code') await compileFile(source, options);
  else await copyFile(inRepository(source.path), source.output);
  // The output carries its source's time, so that the next build sees a source that was replaced by an older one.
  await utimes(source.output, new Date(), new Date(Math.max(source.modifiedMs, notOlderThan)));
  return source.kind === 'code' ? 'compiled' : 'copied';
}

async function isFresh(source: Source, notOlderThan: number): Promise<boolean> {
  const output = await stat(source.output).catch(() => undefined);
  const expected = Math.max(source.modifiedMs, notOlderThan);
  // File systems round times differently; a millisecond apart is the same time.
  return output !== undefined && Math.abs(output.mtimeMs - expected) <= 1;
}

async function compileFile({ path, output }: Source, options: Options): Promise<void> {
  const filename = inRepository(path);
  try {
    const { code, map } = await transform(await readFile(filename, 'utf8'), {
      ...options,
      filename,
      // Relative, so that dist/ says nothing about the machine it was built on.
      sourceFileName: relative(dirname(output), filename),
    });
    const mapName = `${output.slice(output.lastIndexOf('/') + 1)}.map`;
    await writeFile(`${output}.map`, map ?? '');
    await writeFile(output, `${code}//# sourceMappingURL=${mapName}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(`${path} does not compile:\n${reason}`, 'Mend the file and build again.');
  }
}

function outputsOf(kind: Source['kind'], output: string): string[] {
  return kind === 'code' ? [output, `${output}.map`] : [output];
}

/** Removes outputs whose source is gone, and folders they leave empty; returns how many files. */
async function removeStale(wanted: ReadonlySet<string>, folder = DIST): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      removed += await removeStale(wanted, path);
      if ((await readdir(path)).length === 0) await rmdir(path);
    } else if (!wanted.has(path)) {
      await rm(path);
      removed += path.endsWith('.map') ? 0 : 1;
    }
  }
  return removed;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { with: { type: 'string', default: '' } } });
  await step('compile', async (note) => {
    const { compiled, unchanged, copied, removed } = await build(values.with.split(',').filter(Boolean));
    note(`${compiled} compiled, ${unchanged} unchanged, ${copied} copied, ${removed} removed`);
  });
}

if (isMain(import.meta)) await runAsScript(main);
