import type { Instance } from '@saasodoo/instances/domain';
import type { JsonObject, JsonValue, Operation } from '@saasodoo/operations/domain';

/** Name of the input of a change of shape that carries what it replaced. */
export const PREVIOUS = 'previous';

/** What a change of shape replaced, as the operation carries it from its acceptance on. */
export interface PreviousShape {
  readonly cpuLimit: number;
  readonly memoryBytes: number;
  /** Absent where an operation from before it could be changed does not name it. */
  readonly storageBytes?: number;
  readonly environment: Readonly<Record<string, string>> | null;
}

/** `undefined` for an operation that changes no shape, and for one that a newer wish has taken the place of. */
export function previousShape(
  { input, generation }: Pick<Operation, 'input' | 'generation'>,
  instance: Pick<Instance, 'generation'>,
): PreviousShape | undefined {
  if (instance.generation !== generation || !isObject(input[PREVIOUS])) return undefined;
  const { cpu_limit: cpuLimit, memory_bytes: memoryBytes, storage_bytes, environment } = input[PREVIOUS];
  if (typeof cpuLimit !== 'number' || typeof memoryBytes !== 'number') return undefined;
  return {
    ...{ cpuLimit, memoryBytes },
    ...(typeof storage_bytes === 'number' ? { storageBytes: storage_bytes } : {}),
    environment: isObject(environment) ? texts(environment) : null,
  };
}

/** The instance as it was before the operation changed its shape. */
export function instanceBefore(
  operation: Pick<Operation, 'input' | 'generation'>,
  instance: Instance,
): Instance | undefined {
  const previous = previousShape(operation, instance);
  if (previous === undefined) return undefined;
  const { environment: _, ...rest } = instance;
  const { environment, ...limits } = previous;
  return { ...rest, ...limits, ...(environment === null ? {} : { environment }) };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(values: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
