import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { inRepository, inState } from '../paths.ts';
import { run, tryRun } from '../process.ts';
import { say } from '../progress.ts';

/** In the order they run: the cheap ones first, so that a plain mistake is told early. */
export const TIERS = ['unit', 'integration', 'e2e', 'chaos', 'engine', 'ceph'] as const;

export type Tier = (typeof TIERS)[number];

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  /** Suites that broke before their first test, which no test count shows. */
  readonly numRuntimeErrorTestSuites: number;
}

async function readTally(path: string, exitCode: number): Promise<Tally> {
  try {
    const results = JSON.parse(await readFile(path, 'utf8')) as JestResults;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // Jest may also fail for what is no test, such as a global teardown; it must not go unseen.
    const unseen = exitCode !== 0 && failed === 0 ? 1 : 0;
    return { passed: results.numPassedTests, failed: failed + unseen, skipped: results.numPendingTests };
  } catch {
    say(`Jest left no results at ${path}; that counts as one failure.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

export type Environment = Readonly<Record<string, string>>;

const JEST = inRepository('node_modules/jest/bin/jest.js');

/**
 * How many suites run at a time. Those of libraries wait for databases, brokers and engines more than they compute; those
 * on a site change it, so that one follows the other there.
 */
function workersOf(tier: Tier): readonly string[] {
  if (tier === 'unit') return [];
  return tier === 'integration' ? ['--maxWorkers=2'] : ['--runInBand'];
}

/** Runs one tier of tests with Jest and counts what happened; its report goes to the terminal. */
export async function runTier(
  tier: Tier,
  args: readonly string[],
  environment: Environment = {},
): Promise<Tally> {
  say(`\n── ${tier} tests`);
  const results = await resultsFile(tier);
  const jest = [JEST, '--selectProjects', tier, '--passWithNoTests', ...workersOf(tier)];
  const child = spawn(process.execPath, [...jest, '--json', '--outputFile', results, ...args], {
    cwd: inRepository(),
    env: { ...process.env, ...environment },
    // The JSON goes to the file and, needlessly, to standard output as well; people read standard error.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? 1));
  });
  return readTally(results, exitCode);
}

/** A test file of a tier that runs on a site. */
export interface Suite {
  readonly tier: Tier;
  readonly path: string;
}

/** The suites of these tiers whose paths match, or all; in the order of the tiers, large ones first. */
export async function listSuites(tiers: readonly Tier[], patterns: readonly string[]): Promise<Suite[]> {
  const suites: Suite[] = [];
  for (const tier of tiers) {
    const jest = [JEST, '--selectProjects', tier, '--listTests', '--passWithNoTests', ...patterns];
    const listed = await run(process.execPath, jest, { cwd: inRepository() });
    const paths = listed.split('\n').filter((line) => line.startsWith('/'));
    const sized = await Promise.all(paths.map(async (path) => ({ path, size: (await stat(path)).size })));
    suites.push(...sized.sort((a, b) => b.size - a.size).map(({ path }) => ({ tier, path })));
  }
  return suites;
}

/** Runs one suite; its report is told when it has ended, since another one runs beside it. */
export async function runSuite(
  { tier, path }: Suite,
  options: readonly string[],
  environment: Environment,
): Promise<Tally> {
  const name = basename(path, '.ts');
  const results = await resultsFile(name);
  const jest = [JEST, '--selectProjects', tier, '--runInBand', '--json', '--outputFile', results, ...options];
  const { code, stderr } = await tryRun(process.execPath, [...jest, '--runTestsByPath', path], {
    cwd: inRepository(),
    env: environment,
  });
  say(`\n── ${tier}: ${name}\n${stderr.trim()}`);
  return readTally(results, code);
}

async function resultsFile(name: string): Promise<string> {
  const path = inState('test-results', `${name}.json`);
  await mkdir(inState('test-results'), { recursive: true });
  await rm(path, { force: true });
  return path;
}
