import { customerEnvironment } from '@saasodoo/contracts';
import { type ContainerBaseOptions, containerBase, emptyVolumes } from './container-base';
import { type ImageProfile } from './image-profile';
import { type ContainerLimits, type HealthCheck, type Labels, type OdooServiceSpec } from './service-spec';
import { type TraefikRoute, traefikLabels } from './traefik-labels';

export interface TenantServiceOptions extends ContainerBaseOptions {
  /** The instance's labels. They are on the service, where a change restarts nothing. */
  readonly labels: Labels;
  /** Labels that never change, such as whose platform it is: on the service and on its containers. */
  readonly extraLabels?: Labels;
  readonly route: TraefikRoute;
  /** The name of the network `networkId`, for Traefik. */
  readonly networkName: string;
  /** The instance's directory on the node; it must exist and belong to the profile's user. */
  readonly dataDirectory: string;
  /** As in its `odoo.conf`; default 0. */
  readonly workers?: number;
  readonly customerEnvironment?: Readonly<Record<string, string>>;
  readonly revision: number;
  readonly capabilities: { readonly startInterval: boolean };
}

/** Labels of the containers must not change with the instance, or each change would restart it. */
const NEVER_CHANGE = ['saasodoo.managed', 'saasodoo.instance.id', 'saasodoo.customer.id'];

const RESERVED_MEMORY_SHARE = 1 / 4;
const RESERVED_CPU_SHARE = 0.05;
const RESTART_DELAY_MS = 5_000;

/**
 * The service one instance runs as. Pure: the same options make the same specification, so that a comparison tells
 * whether anything has to change. Throws `odoo.environment_refused`, `odoo.host_malformed`.
 */
export function tenantService(options: TenantServiceOptions): OdooServiceSpec {
  const { profile, labels, extraLabels = {}, limits } = options;
  const identity = Object.entries(labels).filter(([key]) => NEVER_CHANGE.includes(key));
  const base = containerBase(options, { ...Object.fromEntries(identity), ...extraLabels });
  return {
    ...base,
    labels: { ...routing(options), ...labels, ...extraLabels },
    args: [],
    environment: { ...customerEnvironment(options.customerEnvironment ?? {}), ...base.environment },
    mounts: [
      { type: 'bind', source: options.dataDirectory, target: profile.dataDirectory },
      ...emptyVolumes(profile),
    ],
    reservations: reservationsFor(limits),
    healthCheck: options.capabilities.startInterval ? healthCheck(profile) : 'none',
    restartPolicy: { condition: 'any', delayMs: RESTART_DELAY_MS },
    revision: options.revision,
  };
}

/** What the scheduler holds for an instance with these limits: a part, since idle instances use little. */
export function reservationsFor({ cpus, memoryBytes }: ContainerLimits): ContainerLimits {
  return {
    cpus: cpus * RESERVED_CPU_SHARE,
    memoryBytes: Math.floor(memoryBytes * RESERVED_MEMORY_SHARE),
  };
}

function routing({ name, route, networkName, profile, workers = 0 }: TenantServiceOptions): Labels {
  return traefikLabels({ id: name, route, networkName, profile, workers });
}

/** Python is the one HTTP client that every Odoo image is sure to have. */
function healthCheck({ httpPort, healthPath }: ImageProfile): HealthCheck {
  const url = `http://127.0.0.1:${httpPort}${healthPath}`;
  return {
    test: ['CMD', 'python3', '-c', `import urllib.request as r; r.urlopen('${url}', timeout=4)`],
    intervalMs: 30_000,
    timeoutMs: 5_000,
    retries: 4,
    startPeriodMs: 300_000,
    startIntervalMs: 2_000,
  };
}
