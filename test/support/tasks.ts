import { docker, dockerJson, tryDocker } from '../../infrastructure/scripts/docker.ts';
import { poll } from '../../infrastructure/scripts/process.ts';

/** A container that a task of an instance ran or runs in. */
export interface TaskContainer {
  readonly id: string;
  readonly taskId: string;
  readonly running: boolean;
  readonly startedAt: number;
  readonly finishedAt: number;
}

interface Inspection {
  readonly Id: string;
  readonly State: { readonly Running: boolean; readonly StartedAt: string; readonly FinishedAt: string };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

/** Containers of an instance, those that have ended too, as far as Swarm still keeps them; the newest first. */
export async function containersOf(instanceId: string): Promise<TaskContainer[]> {
  const filter = `label=saasodoo.instance.id=${instanceId}`;
  const ids = (await docker(['ps', '-aq', '--filter', filter])).split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const { stdout, stderr } = await tryDocker(['container', 'inspect', ...ids]);
  // Swarm may have removed one since; the client then shows the others and an exit code.
  if (stderr !== '' && !stderr.includes('No such container')) throw new Error(stderr);
  return (JSON.parse(stdout) as Inspection[])
    .map(({ Id, State, Config }) => ({
      id: Id,
      taskId: Config.Labels['com.docker.swarm.task.id'] ?? '',
      running: State.Running,
      startedAt: Date.parse(State.StartedAt),
      finishedAt: Date.parse(State.FinishedAt),
    }))
    .sort((a, b) => b.startedAt - a.startedAt);
}

/** The one container an instance runs in; more or fewer are an error. */
export async function containerOfInstance(instanceId: string): Promise<TaskContainer> {
  const running = (await containersOf(instanceId)).filter((container) => container.running);
  const [container] = running;
  if (container === undefined || running.length > 1)
    throw new Error(`instance ${instanceId} has ${running.length} running containers instead of one`);
  return container;
}

/** The container that took the place of `earlier`, once it runs. */
export async function containerAfter(
  instanceId: string,
  earlier: TaskContainer,
  withinMs = 60_000,
): Promise<TaskContainer> {
  const next = await poll(async () => {
    const [newest] = await containersOf(instanceId);
    return newest?.running === true && newest.id !== earlier.id ? newest : undefined;
  }, withinMs);
  if (next === undefined) throw new Error(`nothing took the place of the container ${earlier.id}`);
  return next;
}

/** `REPLICAS` of a service, as `docker service ls` shows it. */
export function replicasOf(serviceName: string): Promise<string> {
  return docker(['service', 'ls', '--filter', `name=${serviceName}`, '--format', '{{.Replicas}}']);
}

export interface Limits {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** The limits that a service's tasks run with. */
export async function limitsOf(serviceName: string): Promise<Limits> {
  const format = '{{json .Spec.TaskTemplate.Resources.Limits}}';
  const limits = await dockerJson<{ readonly NanoCPUs: number; readonly MemoryBytes: number }>([
    'service',
    'inspect',
    serviceName,
    '--format',
    format,
  ]);
  return { cpus: limits.NanoCPUs / 1e9, memoryBytes: limits.MemoryBytes };
}

/** The variables of a service's containers. */
export async function environmentOf(serviceName: string): Promise<string[]> {
  const format = '{{json .Spec.TaskTemplate.ContainerSpec.Env}}';
  return dockerJson<string[]>(['service', 'inspect', serviceName, '--format', format]);
}
