import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getContainerRuntimeClient } from 'testcontainers';

const TEST_LABEL = 'saasodoo.test';
const RUN_LABEL = 'saasodoo.test.run';

/** A Jest worker belongs to the run of its parent, so that all of them share containers. */
const runPid = process.send === undefined ? process.pid : process.ppid;

/** `pid.start-time` of the run: a pid that is used again does not count as alive. */
export const testRunId = `${runPid}.${startTime(runPid) ?? 'unknown'}`;

export const testLabels: Readonly<Record<string, string>> = { [TEST_LABEL]: 'true', [RUN_LABEL]: testRunId };

/** Removes containers of runs whose process is gone; ours alone are looked at. */
export async function removeLeftovers(): Promise<void> {
  const { container } = await getContainerRuntimeClient();
  // Asked directly: the client's own list leaves out containers that have ended.
  const filters = { label: [`${TEST_LABEL}=true`] };
  for (const { Id, Labels } of await container.dockerode.listContainers({ all: true, filters })) {
    const run = Labels[RUN_LABEL];
    if (run !== undefined && !isAlive(run)) await remove(Id);
  }
}

/** Removes a container with its data. */
export async function remove(id: string): Promise<void> {
  const { container } = await getContainerRuntimeClient();
  await container.getById(id).remove({ force: true, v: true });
}

/** Leaves a watcher behind that removes the container once this run is over, however it ended. */
export function removeAfterRun(id: string): void {
  const script = `while kill -0 ${runPid} 2>/dev/null; do sleep 1; done; docker rm --force --volumes ${id}`;
  spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' }).unref();
}

function isAlive(run: string): boolean {
  const [pid, started] = run.split('.');
  return startTime(Number(pid)) === started;
}

/** Clock ticks since boot at which the process began; `undefined` when there is none. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
