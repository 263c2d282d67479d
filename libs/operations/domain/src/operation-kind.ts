interface OperationKindDefinition {
  /** In the order they run; listed here so that an operation shows them before any worker has seen it. */
  readonly steps: readonly string[];
  /** Whether it can be called off, which undoes what was done. */
  readonly cancellable: boolean;
}

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
  },
  terminate: {
    steps: ['remove-service', 'remove-secret', 'remove-database', 'remove-directory'],
    cancellable: false,
  },
} as const satisfies Record<string, OperationKindDefinition>;

export type OperationKind = keyof typeof definitions;

const byKind: Readonly<Record<OperationKind, OperationKindDefinition>> = definitions;

export const operationKinds = Object.keys(definitions) as readonly OperationKind[];

export const cancellableKinds = operationKinds.filter((kind) => byKind[kind].cancellable);

/** The names of the steps of a kind, in order. */
export function stepListOf(kind: OperationKind): readonly string[] {
  return byKind[kind].steps;
}
