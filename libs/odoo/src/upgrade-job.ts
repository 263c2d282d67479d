import { customerEnvironment } from '@saasodoo/contracts';
import { type ContainerBaseOptions, containerBase, emptyVolume, emptyVolumes } from './container-base';
import { type Labels, type OdooServiceSpec } from './service-spec';

/** What is done with the data: Odoo's own update of modules, or a command of the image that is none of Odoo's. */
export type UpgradeWork = { readonly modules: readonly string[] } | { readonly command: readonly string[] };

export interface UpgradeJobOptions extends ContainerBaseOptions {
  /** Names the job: called again with the same one, the job that runs is joined. */
  readonly jobId: string;
  readonly labels: Labels;
  readonly databaseName: string;
  /** On the node; has the filestore under the name of the database. An empty one, for no user, when absent. */
  readonly dataDirectory?: string;
  readonly customerEnvironment?: Readonly<Record<string, string>>;
  /** For a command, beside the configuration of Odoo. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly work: UpgradeWork;
}

/** A one-off service that works on the data of an instance as its server would, and ends. Nobody else may use the data. */
export function upgradeJob(options: UpgradeJobOptions): OdooServiceSpec {
  const { profile, jobId, limits, work, dataDirectory, databaseName } = options;
  const labels = { ...options.labels, 'saasodoo.managed': 'true', 'saasodoo.job.id': jobId };
  const base = containerBase(options, labels);
  const update = (modules: readonly string[]): string[] => [
    ...['-d', databaseName, '-u', modules.join(','), '--no-http', '--stop-after-init'],
  ];
  return {
    ...base,
    labels,
    ...('command' in work ? { command: work.command, args: [] } : { args: update(work.modules) }),
    environment: {
      ...customerEnvironment(options.customerEnvironment ?? {}),
      ...options.environment,
      ...base.environment,
    },
    mounts: [
      dataDirectory === undefined
        ? emptyVolume(profile.dataDirectory)
        : { type: 'bind', source: dataDirectory, target: profile.dataDirectory },
      ...emptyVolumes(profile),
    ],
    reservations: { cpus: 0, memoryBytes: Math.floor(limits.memoryBytes / 4) },
    healthCheck: 'none',
    restartPolicy: { condition: 'none' },
    revision: 0,
  };
}
