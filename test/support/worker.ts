import { docker, tryDocker } from '../../infrastructure/scripts/docker.ts';
import { poll } from '../../infrastructure/scripts/process.ts';
import type { Site } from './site';

export interface WorkerOptions {
  /** The crash point that kills it. */
  readonly crashAt?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Makes its HTTP port reachable from this machine, see `port`. */
  readonly published?: boolean;
  /** A worker whose storage root is not the one the engine sees, as on a node where the mount is missing. */
  readonly withoutStorage?: boolean;
}

const HTTP_PORT = 8080;

async function environmentOf(service: string): Promise<string[]> {
  const format = '{{json .Spec.TaskTemplate.ContainerSpec.Env}}';
  return JSON.parse(await docker(['service', 'inspect', service, '--format', format])) as string[];
}

async function commandOf(service: string): Promise<string[]> {
  const format = '{{json .Spec.TaskTemplate.ContainerSpec.Args}}';
  return JSON.parse(await docker(['service', 'inspect', service, '--format', format])) as string[];
}

/**
 * An app of the site under test in a container that Swarm does not restart, so that a test decides when it lives:
 * the same image, environment, secrets and networks as its service.
 */
export class Worker {
  private constructor(private readonly id: string) {}

  static async start(
    site: Site,
    app: 'api-gateway' | 'provisioner',
    options: WorkerOptions = {},
  ): Promise<Worker> {
    const service = `${site.name}_${app}`;
    const environment = {
      ...options.environment,
      ...(options.crashAt === undefined ? {} : { SAASODOO_CRASH_AT: options.crashAt }),
    };
    const variables = [
      ...(await environmentOf(service)),
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ];
    const mounts = [`${site.secretsFolder}:/run/secrets:ro`];
    if (app === 'provisioner') mounts.push('/var/run/docker.sock:/var/run/docker.sock');
    if (app === 'provisioner' && options.withoutStorage !== true)
      mounts.push(`${site.storageRoot}:${site.storageRoot}`);
    const id = await docker([
      'create',
      ...['--label', `saasodoo.stack=${site.name}`, '--network', site.internalNetwork, '--init'],
      ...(options.published === true ? ['-p', `127.0.0.1::${HTTP_PORT}`] : []),
      ...mounts.flatMap((mount) => ['-v', mount]),
      ...variables.flatMap((variable) => ['-e', variable]),
      site.platformImage,
      ...(await commandOf(service)),
    ]);
    if (app === 'provisioner') await docker(['network', 'connect', site.tenantNetwork, id]);
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
