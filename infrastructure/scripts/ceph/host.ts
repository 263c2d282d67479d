import { docker } from '../docker.ts';
import { run } from '../process.ts';

/** Whether commands of this process are commands of the machine that the engine runs on. */
function isOnHost(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** Runs a shell script as root among the mounts of the engine's machine, which on a laptop is a virtual one. */
export async function onHost(image: string, script: string): Promise<string> {
  if (isOnHost()) return run('sh', ['-c', script]);
  const enter = ['nsenter', '--target', '1', '--mount', '--', 'sh', '-c', script];
  return docker(['run', '--rm', '--network', 'none', '--privileged', '--pid', 'host', image, ...enter]);
}
