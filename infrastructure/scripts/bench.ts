import { spawn } from 'node:child_process';
import { benchBackups } from './bench/backups.ts';
import { benchLifecycle } from './bench/lifecycle.ts';
import { benchProvision } from './bench/provision.ts';
import { benchStorage } from './bench/storage.ts';
import { build } from './build.ts';
import { ensureEngine } from './engine.ts';
import { runAsScript, SetupError } from './errors.ts';
import { ensureImages } from './images.ts';
import { inRepository } from './paths.ts';

/** Runs a benchmark of test/load in a process of its own, on servers that it starts and removes. */
async function runLoad(name: string): Promise<void> {
  await ensureEngine();
  await ensureImages();
  await build();
  const files = [
    inRepository('test/support/register.cjs'),
    inRepository('test/load', `${name}.bench.ts`),
  ] as const;
  const child = spawn(process.execPath, ['--require', ...files], { cwd: inRepository(), stdio: 'inherit' });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  provision: benchProvision,
  lifecycle: benchLifecycle,
  backups: benchBackups,
  storage: benchStorage,
  messaging: () => runLoad('messaging'),
  gateway: () => runLoad('gateway'),
  monitor: () => runLoad('monitor'),
};

await runAsScript(async () => {
  const name = process.argv[2] ?? '';
  const bench = BENCHMARKS[name];
  if (bench === undefined) {
    const names = Object.keys(BENCHMARKS).join(', ');
    throw new SetupError(`There is no benchmark called '${name}'.`, `name one of: ${names}.`);
  }
  await bench();
});
