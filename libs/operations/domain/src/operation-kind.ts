interface OperationKindDefinition {
  /** In the order they run; listed here so that an operation shows them before any worker has seen it. */
  readonly steps: readonly string[];
  /** Whether its customer may call it off, which undoes what was done. */
  readonly cancellable: boolean;
  /** Whether a newer wish for the instance's state takes its place: the last accepted command wins. */
  readonly supersedable: boolean;
  /** It is never given up: there is nothing to turn back to, so what fails is tried again for as long as it takes. */
  readonly persistent: boolean;
  /** It takes as long as its data take: what fails after hours is tried again as what fails at once. */
  readonly movesData?: true;
  /** It serves nobody who waits: whatever else is opened for its instance calls it off and takes its turn. */
  readonly yielding?: true;
}

/**
 * From a service that is wanted to an Odoo that answers. What is left of earlier tasks ends first, whatever was asked for:
 * any of these may take the place of a start that took the place of a stop.
 */
const DEPLOYMENT = ['await-stopped', 'ensure-secret', 'deploy-service', 'await-task', 'await-http'] as const;
const STOP = ['scale-down', 'await-gone'] as const;
/** Database and files of one moment, verified where they are kept. */
const BACKUP = [
  'open-backup',
  'snapshot-files',
  'dump-database',
  'archive-files',
  'write-manifest',
  'verify-backup',
] as const;
/** From a backup to data that lies ready beside that of the instance; nothing of the instance is touched. */
const STAGE = ['check-backup', 'fetch-backup', 'restore-database', 'restore-files'] as const;
const WHOLE = { cancellable: false, supersedable: false, persistent: false, movesData: true } as const;
const CHANGE = { cancellable: false, supersedable: true, persistent: false } as const;

/** What can be asked of an instance. */
const definitions = {
  create: {
    steps: [
      'allocate-database-server',
      'prepare-template',
      'create-database',
      'create-directory',
      'create-secret',
      'create-service',
      'await-task',
      'await-http',
    ],
    cancellable: true,
    supersedable: true,
    persistent: false,
  },
  terminate: {
    steps: ['remove-service', 'remove-secret', 'keep-final-dump', 'remove-database', 'remove-directory'],
    cancellable: false,
    supersedable: false,
    persistent: true,
  },
  start: { steps: DEPLOYMENT, ...CHANGE },
  stop: { steps: STOP, ...CHANGE },
  restart: { steps: DEPLOYMENT, ...CHANGE },
  suspend: { steps: STOP, ...CHANGE },
  resume: { steps: DEPLOYMENT, ...CHANGE },
  scale: { steps: ['check-capacity', 'set-quota', ...DEPLOYMENT], ...CHANGE },
  reconfigure: { steps: DEPLOYMENT, ...CHANGE },
  redeploy: { steps: ['ensure-network', 'check-directory', ...DEPLOYMENT], ...CHANGE },
  halt: { steps: STOP, ...CHANGE },
  backup: { steps: BACKUP, ...WHOLE, cancellable: true },
  restore: { steps: [...STAGE, 'take-down', ...BACKUP, 'swap-data', ...DEPLOYMENT], ...WHOLE },
  upgrade: {
    steps: [
      'check-upgrade',
      'pull-image',
      'take-down',
      ...BACKUP,
      'upgrade-data',
      'swap-data',
      'set-image',
      ...DEPLOYMENT,
    ],
    ...WHOLE,
  },
  'restore-new': {
    steps: [
      'check-backup',
      'fetch-backup',
      'create-role',
      'restore-database',
      'restore-files',
      'personalise-database',
      'swap-data',
      ...DEPLOYMENT,
    ],
    ...WHOLE,
    cancellable: true,
    supersedable: true,
  },
  drill: {
    steps: [
      'check-backup',
      'find-room',
      'fetch-backup',
      'restore-database',
      'restore-files',
      'neutralise-database',
      'probe-odoo',
      'remove-drill',
    ],
    ...WHOLE,
    cancellable: true,
    supersedable: true,
    yielding: true,
  },
  import: {
    steps: [
      'check-import',
      'unpack-dump',
      'create-role',
      'load-database',
      'unpack-files',
      'personalise-database',
      'swap-data',
      ...DEPLOYMENT,
    ],
    ...WHOLE,
    cancellable: true,
    supersedable: true,
  },
  discard: { steps: ['discard-replaced'], ...WHOLE, persistent: true },
  'delete-backup': { steps: ['remove-backup'], ...WHOLE, persistent: true },
} as const satisfies Record<string, OperationKindDefinition>;

export type OperationKind = keyof typeof definitions;

const byKind: Readonly<Record<OperationKind, OperationKindDefinition>> = definitions;

export const operationKinds = Object.keys(definitions) as readonly OperationKind[];

export const cancellableKinds = operationKinds.filter((kind) => byKind[kind].cancellable);

export const supersedableKinds = operationKinds.filter((kind) => byKind[kind].supersedable);

export const persistentKinds = operationKinds.filter((kind) => byKind[kind].persistent);

export const dataKinds = operationKinds.filter((kind) => byKind[kind].movesData === true);

export const yieldingKinds = operationKinds.filter((kind) => byKind[kind].yielding === true);

/** Whether it is called off by whatever else is opened for its instance; nobody has to wait for it. */
export function yields({ kind }: { readonly kind: OperationKind }): boolean {
  return yieldingKinds.includes(kind);
}

/** The names of the steps of a kind, in order. */
export function stepListOf(kind: OperationKind): readonly string[] {
  return byKind[kind].steps;
}
