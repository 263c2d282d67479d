import { type ImageProfile } from './image-profile';
import { ODOO_CONFIG_PATH } from './odoo-config';
import { type ContainerLimits, type Labels, type OdooServiceSpec, type TmpfsMount } from './service-spec';

/** What a server and an initialisation have in common: where they run, as whom, with which configuration. */
export interface ContainerBaseOptions {
  readonly name: string;
  /** As the registry or the node knows it; with a digest nothing is pulled when it is there. */
  readonly image: string;
  readonly profile: ImageProfile;
  /** The Docker secret that holds `renderOdooConfig`'s text. */
  readonly config: { readonly secretId: string; readonly secretName: string };
  readonly networkId: string;
  readonly limits: ContainerLimits;
  readonly constraints?: readonly string[];
  readonly endpointMode: 'vip' | 'dnsrr';
}

type ContainerBase = Omit<
  OdooServiceSpec,
  'labels' | 'args' | 'mounts' | 'reservations' | 'healthCheck' | 'restartPolicy' | 'revision'
>;

const MOST_PROCESSES = 512;

/** Swarm starts a next task after 60 s whether or not the old one has ended: an Odoo must be gone well before. */
const STOP_GRACE_MS = 45_000;

export function containerBase(options: ContainerBaseOptions, containerLabels: Labels): ContainerBase {
  const { name, image, profile, config, limits } = options;
  const uid = String(profile.uid);
  const gid = String(profile.gid);
  return {
    name,
    image,
    containerLabels,
    command: profile.command,
    environment: { [profile.configPathVariable]: ODOO_CONFIG_PATH },
    secrets: [{ ...config, target: ODOO_CONFIG_PATH, uid, gid, mode: 0o400 }],
    networks: [options.networkId],
    limits: { ...limits, pids: MOST_PROCESSES },
    stopGracePeriodMs: STOP_GRACE_MS,
    // Odoo answers running requests and ends; a second one would cut them off
    stopSignal: 'SIGTERM',
    init: true,
    user: `${uid}:${gid}`,
    capabilitiesDrop: ['ALL'],
    noNewPrivileges: true,
    constraints: options.constraints ?? [],
    endpointMode: options.endpointMode,
    logDriver: { name: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
    replicas: 1,
  };
}

/** Empty directories over the volumes that hold nothing of the instance. */
export function emptyVolumes({ volumes, dataDirectory }: ImageProfile): TmpfsMount[] {
  return volumes.filter((path) => path !== dataDirectory).map(emptyVolume);
}

/** Covers a volume with an empty directory, which belongs to root. */
export function emptyVolume(target: string): TmpfsMount {
  return { type: 'tmpfs', target, sizeBytes: 1024 ** 2, mode: 0o755 };
}
