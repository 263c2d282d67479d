import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { inRepository, inState } from '../paths.ts';
import { say } from '../progress.ts';

/** In the order they run: the cheap ones first, so that a plain mistake is told early. */
export const TIERS = ['unit', 'integration', 'e2e', 'chaos', 'engine'] as const;

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

/** Runs one tier of tests with Jest and counts what happened; its report goes to the terminal. */
export async function runTier(
  tier: Tier,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Tally> {
  say(`\n── ${tier} tests`);
  const results = inState('test-results', `${tier}.json`);
  await mkdir(inState('test-results'), { recursive: true });
  await rm(results, { force: true });
  // Only pure tests share the machine with each other: the others start databases, brokers and Odoos.
  const workers = tier === 'unit' ? [] : ['--runInBand'];
  const jest = [
    inRepository('node_modules/jest/bin/jest.js'),
    '--selectProjects',
    tier,
    '--passWithNoTests',
    ...workers,
  ];
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
