import { canInstallPackages } from './apt.ts';
import { engineInfo, tryDocker } from './docker.ts';
import type { EngineInfo } from './docker.ts';
import { installEngine, startEngine } from './engine-setup.ts';
import { runAsScript, SetupError } from './errors.ts';
import { isMain } from './paths.ts';
import { step } from './progress.ts';

function describe(info: EngineInfo): string {
  return `engine ${info.ServerVersion}, ${info.Driver}, cgroup v${info.CgroupVersion ?? '1'}`;
}

async function refusal(): Promise<SetupError> {
  const { output } = await tryDocker(['info'], { timeoutMs: 10_000 });
  if (/permission denied/i.test(output)) {
    return new SetupError(
      'A Docker engine is running, but this user may not talk to it.',
      'run the command with sudo, or `sudo usermod -aG docker $USER`, log in again and start again.',
    );
  }
  if (process.platform !== 'linux') {
    return new SetupError(
      'No Docker engine answers.',
      'start Docker Desktop (or Colima, OrbStack, Rancher Desktop) and start again.',
    );
  }
  return new SetupError(
    'No Docker engine answers, and this user cannot install one (that takes root on Debian or Ubuntu).',
    'install Docker Engine 20.10 or newer (https://docs.docker.com/engine/install/) and start it, ' +
      'or run this command as root, or set DOCKER_HOST to an engine that is running; then start again.',
  );
}

/** A Docker engine that answers: the one that is there, else Debian's own, installed and started. */
export async function ensureEngine(): Promise<EngineInfo> {
  return step('Docker engine', async (note) => {
    const present = await engineInfo();
    if (present) {
      note(describe(present));
      return present;
    }
    const host = process.env['DOCKER_HOST'];
    if (host) {
      throw new SetupError(
        `DOCKER_HOST is ${host}, and no engine answers there.`,
        'start that engine, or correct or unset DOCKER_HOST, and start again.',
      );
    }
    if (!(await canInstallPackages())) throw await refusal();
    note('installing');
    await installEngine();
    note('starting');
    const started = await startEngine();
    note(describe(started));
    return started;
  });
}

if (isMain(import.meta)) {
  await runAsScript(async () => {
    await ensureEngine();
  });
}
