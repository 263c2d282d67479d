import { SetupError } from './errors.ts';
import { readTextOrNull } from './paths.ts';
import { tail, tryRun } from './process.ts';
import type { RunResult } from './process.ts';

// Another apt on this machine (unattended upgrades, a second script) is waited for, not fought.
const QUIET = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0', '-y', '-q'];
const LISTS_LOCKED = /Could not get lock .*lists/;

let listsAreFresh = false;

/** Debian, Ubuntu and their children, with the right to install. */
export async function canInstallPackages(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const release = (await readTextOrNull('/etc/os-release')) ?? '';
  return /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(release);
}

function apt(args: readonly string[]): Promise<RunResult> {
  return tryRun('apt-get', [...QUIET, ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  });
}

async function refreshLists(): Promise<void> {
  if (listsAreFresh) return;
  // `update` does not honour the lock timeout for its lists, so it is tried again. A third-party source that does
  // not answer is no reason to stop: what matters is whether the install below finds its packages.
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const result = await apt(['update']);
    if (!LISTS_LOCKED.test(result.output)) break;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  listsAreFresh = true;
}

export async function isKnownPackage(name: string): Promise<boolean> {
  const result = await tryRun('apt-cache', ['policy', name]);
  return /Candidate: (?!\(none\))/.test(result.stdout);
}

/** Installs packages that are not installed yet, without their recommendations. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const query = await tryRun('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names]);
  const missing = names.filter((name) => !query.stdout.split('\n').includes(`${name} installed`));
  if (missing.length === 0) return;
  await refreshLists();
  const result = await apt(['install', '--no-install-recommends', ...missing]);
  if (result.code === 0) return;
  throw new SetupError(
    `apt could not install ${missing.join(' ')}:\n${tail(result.output, 20)}`,
    `run \`apt-get update && apt-get install ${missing.join(' ')}\`, solve what it reports, and start again.`,
  );
}
