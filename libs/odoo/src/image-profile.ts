import { AppError } from '@saasodoo/kernel';
import { odooMajor } from './odoo-version';

export const imageProfileNames = ['official', 'debian-14', 'bitnami'] as const;
export type ImageProfileName = (typeof imageProfileNames)[number];

/** What one family of Odoo images needs, for one Odoo version. Paths are in the container. */
export interface ImageProfile {
  readonly name: ImageProfileName;
  /** Odoo's own version, such as `17.0`. */
  readonly version: string;
  readonly uid: number;
  readonly gid: number;
  /** Odoo's `data_dir`: filestore, sessions and downloaded modules. */
  readonly dataDirectory: string;
  /** Volumes the image declares, as far as the platform covers them with mounts of its own. */
  readonly volumes: readonly string[];
  readonly configPathVariable: 'ODOO_RC';
  /** Answers 200 without a login. */
  readonly healthPath: string;
  readonly httpPort: number;
  /** Where websockets are served when there are worker processes; without, it is `httpPort`. */
  readonly websocketPort: number;
  readonly websocketPath: string;
  /**
   * Replaces the image's entrypoint: official images hand the database password on as an argument, for every process list
   * to show, and Bitnami's would configure an Odoo of its own.
   */
  readonly command: readonly [string];
}

type Family = Pick<ImageProfile, 'uid' | 'gid' | 'dataDirectory' | 'volumes' | 'command'>;

const FAMILIES: Readonly<Record<ImageProfileName, (major: number) => Family>> = {
  official: (major) => ({
    // the account's number is whatever was free in the base image: from 18.0 on that is 100
    uid: major >= 18 ? 100 : 101,
    gid: 101,
    dataDirectory: '/var/lib/odoo',
    volumes: ['/var/lib/odoo', '/mnt/extra-addons'],
    command: ['odoo'],
  }),
  'debian-14': () => ({
    uid: 101,
    gid: 101,
    dataDirectory: '/var/lib/odoo',
    volumes: ['/var/lib/odoo'],
    command: ['odoo'],
  }),
  bitnami: () => ({
    // Bitnami's convention for what does not run as root; its files are readable by all
    uid: 1001,
    gid: 1001,
    dataDirectory: '/bitnami/odoo/data',
    volumes: [],
    command: ['/opt/bitnami/odoo/bin/odoo'],
  }),
};

/** Throws `odoo.profile_unknown`, `odoo.version_malformed`. */
export function imageProfile(name: string, version: string): ImageProfile {
  const known = imageProfileNames.find((candidate) => candidate === name);
  if (known === undefined) {
    throw AppError.terminal('odoo.profile_unknown', `there is no image profile '${name}'`, {
      hint: `Use one of ${imageProfileNames.join(', ')}.`,
    });
  }
  const major = odooMajor(version);
  return {
    name: known,
    version,
    ...FAMILIES[known](major),
    configPathVariable: 'ODOO_RC',
    healthPath: major >= 15 ? '/web/health' : '/web/login',
    httpPort: 8069,
    websocketPort: 8072,
    websocketPath: major >= 16 ? '/websocket' : '/longpolling',
  };
}

/**
 * Volumes an image declares that no mount of the platform would cover. Docker would fill each with an anonymous volume on
 * whatever node the task runs: unmeasured, and lost when the task moves. An image is fit to be used when this is empty.
 */
export function uncoveredVolumes(declared: readonly string[], profile: ImageProfile): string[] {
  const covered = new Set([profile.dataDirectory, ...profile.volumes]);
  return declared.filter((path) => !covered.has(path.replace(/(?<=.)\/+$/, '')));
}
