import type { StepContext } from '@saasodoo/operations/domain';
import type { ServiceSpec } from '@saasodoo/swarm';

/** A database as a job sees it: the password reaches the container as a file. */
export interface JobDatabase {
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

/** What a one-off job does beside an instance's data. */
export interface DataJob {
  /** Tells the jobs of one operation apart: up to 16 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** For bash; ends with 0 only when everything was done. */
  readonly script: string;
  /** Path in the container → directory on the node. */
  readonly directories: Readonly<Record<string, string>>;
  /** Who owns what it reads and writes. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Given to libpq's programs by environment and password file. */
  readonly database?: JobDatabase;
  /** Never a secret. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Codes with which the script says that trying again cannot help. */
  readonly hopeless?: readonly number[];
  readonly withinMs: number;
}

/** For whom a job runs. */
export type JobContext = Pick<StepContext, 'signal' | 'progress'> & {
  /** The operation, or whatever else it is the job of. */
  readonly operation: { readonly id: string };
  readonly labels: Readonly<Record<string, string>>;
};

/** Where and with what all jobs of a site run. */
export interface JobSite {
  readonly image: string;
  readonly networkId: string;
  readonly endpointMode: 'vip' | 'dnsrr';
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly constraints: readonly string[];
}

const PASSWORD_FILE = '/run/secrets/pgpass';
const LIMITS = { cpus: 1, memoryBytes: 1024 ** 3, pids: 256 };
const IDLE_SHARE = { cpus: 0, memoryBytes: 64 * 1024 ** 2 };

/** `data-{name}-{operation}`, at most 63 characters: the job, its service and its secret. */
export function dataJobId(name: string, operationId: string): string {
  return `data-${name}-${operationId.replaceAll('-', '')}`;
}

/** libpq's password file: `host:port:database:user:password`. */
export function passwordFile({ user, password }: JobDatabase): string {
  return `*:*:*:${user}:${password.replace(/[\\:]/g, '\\$&')}\n`;
}

/** The service that a job runs as. Pure. */
export function dataJobSpec(
  job: DataJob,
  site: JobSite,
  { jobId, labels, secret }: { jobId: string; labels: ServiceSpec['labels']; secret: JobSecret | undefined },
): ServiceSpec {
  const { uid, gid } = job.user;
  return {
    name: jobId,
    labels,
    containerLabels: labels,
    image: site.image,
    command: ['bash', '-c', job.script],
    environment: { ...job.environment, ...databaseEnvironment(job, site) },
    ...(secret === undefined ? {} : { secrets: [passwordMount(secret, job)] }),
    mounts: [
      ...Object.entries(job.directories).map(([target, source]) => ({
        type: 'bind' as const,
        source,
        target,
      })),
      // The image declares a volume there, which would be an anonymous one for each job.
      { type: 'tmpfs', target: '/var/lib/postgresql/data', sizeBytes: 1024 ** 2, mode: 0o755 },
    ],
    networks: [site.networkId],
    limits: LIMITS,
    reservations: IDLE_SHARE,
    healthCheck: 'none',
    stopGracePeriodMs: 10_000,
    init: true,
    user: `${uid}:${gid}`,
    capabilitiesDrop: ['ALL'],
    noNewPrivileges: true,
    constraints: site.constraints,
    endpointMode: site.endpointMode,
    restartPolicy: { condition: 'none' },
  };
}

export interface JobSecret {
  readonly id: string;
  readonly name: string;
}

function passwordMount({ id, name }: JobSecret, { user: { uid, gid } }: DataJob) {
  return {
    ...{ secretId: id, secretName: name, target: PASSWORD_FILE },
    ...{ uid: String(uid), gid: String(gid), mode: 0o400 },
  };
}

function databaseEnvironment({ database }: DataJob, site: JobSite): Record<string, string> {
  if (database === undefined) return {};
  return {
    PGHOST: site.databaseHost,
    PGPORT: String(site.databasePort),
    PGUSER: database.user,
    PGDATABASE: database.name,
    PGPASSFILE: PASSWORD_FILE,
    PGCONNECT_TIMEOUT: '15',
  };
}
