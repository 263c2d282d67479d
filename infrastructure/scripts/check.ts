/**
 * Everything that can be known about the sources without a platform: `npm run check`.
 * All checks run, so that one run tells everything; the exit code is 1 when any failed.
 */
import { existsSync } from 'node:fs';
import { runAsScript, SetupError } from './errors.ts';
import { inRepository, isMain } from './paths.ts';
import { tail, tryRun } from './process.ts';
import { say, step } from './progress.ts';

interface Check {
  readonly name: string;
  /** A program of node_modules/.bin, or `node`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly advice: string;
}

interface Failure {
  readonly check: Check;
  readonly output: string;
}

/** Made from the gateway's decorators; the script that makes it can also say whether the committed file is still that. */
const OPENAPI_SCRIPT = 'infrastructure/scripts/openapi.ts';
const SHOWN_LINES = 60;

const CHECKS: readonly Check[] = [
  {
    name: 'format',
    program: 'prettier',
    args: ['--check', '--log-level', 'warn', '.'],
    advice: '`npm run format` writes every file as it should be.',
  },
  {
    name: 'types',
    program: 'tsc',
    args: ['--noEmit', '-p', 'tsconfig.json'],
    advice: 'Mend what tsc names; tsconfig.base.json says how strict it is.',
  },
  {
    name: 'types of the scripts',
    program: 'tsc',
    args: ['--noEmit', '-p', 'infrastructure/tsconfig.json'],
    advice:
      'Mend what tsc names. Node runs these files as they are: no enums, no parameter properties, imports with .ts.',
  },
  {
    name: 'lint',
    program: 'eslint',
    args: ['.', '--max-warnings', '0'],
    advice: '`npx eslint --fix FILE` mends some; docs/architecture.md says who may import whom.',
  },
  {
    name: 'unit tests and drift of contracts, topology and state diagram',
    program: 'jest',
    args: ['--selectProjects', 'unit', '--silent'],
    advice: 'Run the file alone: `npx jest --selectProjects unit --testPathPatterns NAME`.',
  },
];

const OPENAPI_CHECK: Check = {
  name: 'drift of openapi.json',
  program: 'node',
  args: [inRepository(OPENAPI_SCRIPT), '--check'],
  advice: `\`node ${OPENAPI_SCRIPT}\` writes it anew; look at the difference before you commit it.`,
};

/** Runs every check and throws, naming those that failed and how to mend them. */
export async function check(): Promise<void> {
  const checks = existsSync(inRepository(OPENAPI_SCRIPT)) ? [...CHECKS, OPENAPI_CHECK] : CHECKS;
  const failures: Failure[] = [];
  // One after another: each of them uses every core by itself.
  for (const candidate of checks) {
    const failure = await runCheck(candidate);
    if (failure !== undefined) failures.push(failure);
  }
  if (failures.length > 0) throw failed(failures, checks.length);
  say(`${checks.length} checks passed`);
}

async function runCheck(candidate: Check): Promise<Failure | undefined> {
  const { name, program, args } = candidate;
  const command = program === 'node' ? process.execPath : inRepository('node_modules/.bin', program);
  try {
    await step(name, async () => {
      const { code, output } = await tryRun(command, args, { cwd: inRepository() });
      if (code !== 0) throw new Error(output);
    });
    return undefined;
  } catch (error) {
    return { check: candidate, output: error instanceof Error ? error.message : String(error) };
  }
}

function failed(failures: readonly Failure[], total: number): SetupError {
  for (const { check: candidate, output } of failures)
    say(`\n── ${candidate.name}\n${tail(output, SHOWN_LINES)}`);
  const list = failures.map(({ check: candidate }) => `  - ${candidate.name}: ${candidate.advice}`);
  return new SetupError(`${failures.length} of ${total} checks failed.`, `\n${list.join('\n')}`);
}

if (isMain(import.meta)) await runAsScript(check);
