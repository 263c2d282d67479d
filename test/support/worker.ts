import { docker, dockerJson, tryDocker } from '../../infrastructure/scripts/docker.ts';
import { poll } from '../../infrastructure/scripts/process.ts';
import type { Site } from './site';

export interface WorkerOptions {
  /** The crash point that kills it. */
  readonly crashAt?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Makes its HTTP port reachable from this machine, see `port`. */
  readonly published?: boolean;
  /** The other apps reach it under the name of its service, which must be scaled to 0. */
  readonly named?: boolean;
  /** A worker whose storage root is not the one the engine sees, as on a node where the mount is missing. */
  readonly withoutStorage?: boolean;
}

const HTTP_PORT = 8080;

export type WorkerApp = 'api-gateway' | 'provisioner' | 'lifecycle' | 'monitor' | 'janitor';

interface ServiceSpec {
  readonly TaskTemplate: {
    readonly ContainerSpec: {
      readonly Env: readonly string[];
      readonly Args: readonly string[];
      readonly Mounts?: readonly { readonly Source: string; readonly Target: string }[];
    };
    readonly Networks: readonly { readonly Target: string }[];
  };
}

async function specOf(service: string): Promise<ServiceSpec> {
  return dockerJson<ServiceSpec>(['service', 'inspect', service, '--format', '{{json .Spec}}']);
}

function mountsOf(
  { TaskTemplate: { ContainerSpec } }: ServiceSpec,
  site: Site,
  { withoutStorage = false }: WorkerOptions,
): string[] {
  const mounts = (ContainerSpec.Mounts ?? []).filter(
    ({ Source }) => !(withoutStorage && Source === site.storageRoot),
  );
  return [
    `${site.secretsFolder}:/run/secrets:ro`,
    ...mounts.map(({ Source, Target }) => `${Source}:${Target}`),
  ];
}

function variablesOf(spec: ServiceSpec, { environment, crashAt }: WorkerOptions): string[] {
  const changed = { ...environment, ...(crashAt === undefined ? {} : { SAASODOO_CRASH_AT: crashAt }) };
  return [
    ...spec.TaskTemplate.ContainerSpec.Env,
    ...Object.entries(changed).map(([name, value]) => `${name}=${value}`),
  ];
}

/**
 * An app of the site under test in a container that Swarm does not restart, so that a test decides when it lives:
 * the same image, environment, secrets, mounts and networks as its service.
 */
export class Worker {
  private constructor(private readonly id: string) {}

  static async start(site: Site, app: WorkerApp, options: WorkerOptions = {}): Promise<Worker> {
    const spec = await specOf(`${site.name}_${app}`);
    const [network = site.internalNetwork, ...others] = spec.TaskTemplate.Networks.map(
      ({ Target }) => Target,
    );
    const id = await docker([
      'create',
      ...['--label', `saasodoo.stack=${site.name}`, '--network', network, '--init'],
      ...(options.named === true ? ['--network-alias', app] : []),
      ...(options.published === true ? ['-p', `127.0.0.1::${HTTP_PORT}`] : []),
      ...mountsOf(spec, site, options).flatMap((mount) => ['-v', mount]),
      ...variablesOf(spec, options).flatMap((variable) => ['-e', variable]),
      site.platformImage,
      ...spec.TaskTemplate.ContainerSpec.Args,
    ]);
    for (const other of others) await docker(['network', 'connect', other, id]);
    await docker(['start', id]);
    return new Worker(id);
  }

  /** Its exit code, once it has ended; 137 when it was killed. */
  async ended(withinMs = 120_000): Promise<number> {
    return Number(await docker(['wait', this.id], { timeoutMs: withinMs }));
  }

  /** Where this machine reaches its HTTP port; it must have been published. */
  async port(): Promise<number> {
    const address = await docker(['port', this.id, String(HTTP_PORT)]);
    return Number(address.split('\n')[0]?.split(':').at(-1));
  }

  async log(): Promise<string> {
    return (await tryDocker(['logs', '--tail', '60', this.id])).output;
  }

  async kill(): Promise<void> {
    await tryDocker(['kill', this.id]);
  }

  async remove(): Promise<void> {
    await tryDocker(['rm', '-f', this.id]);
  }
}

/** Scales a service of the site and waits until its containers are as many as wanted. */
export async function scale(site: Site, app: string, replicas: number): Promise<void> {
  const service = `${site.name}_${app}`;
  await docker(['service', 'scale', '-d', `${service}=${replicas}`]);
  const label = `label=com.docker.swarm.service.name=${service}`;
  const reached = await poll(async () => {
    const running = (await docker(['ps', '-q', '--filter', label])).split('\n').filter(Boolean);
    return running.length === replicas ? true : undefined;
  }, 60_000);
  if (reached === undefined) throw new Error(`${service} did not reach ${replicas} containers`);
}

/** Kills the running container of a service as a power failure would; Swarm starts the next one. */
export async function killContainer(site: Site, app: string): Promise<void> {
  const label = `label=com.docker.swarm.service.name=${site.name}_${app}`;
  const ids = (await docker(['ps', '-q', '--filter', label])).split('\n').filter(Boolean);
  if (ids.length === 0) throw new Error(`no container of ${app} is running`);
  await docker(['kill', ...ids]);
}

/** Removes the ended containers of a service, whose volumes are free then. */
export async function removeEnded(site: Site, app: string): Promise<void> {
  const label = `label=com.docker.swarm.service.name=${site.name}_${app}`;
  const ended = await docker(['ps', '-aq', '--filter', label, '--filter', 'status=exited']);
  if (ended !== '') await docker(['rm', ...ended.split('\n')]);
}
