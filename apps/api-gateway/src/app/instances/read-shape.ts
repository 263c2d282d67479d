import { customerEnvironment } from '@saasodoo/contracts';
import type { InstanceShape } from '@saasodoo/instances/data-access';
import type { Instance } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { InvalidRequest } from '../http/invalid-request';
import { FieldReader } from './field-reader';
import { MEMORY, type SizeRange, sizeWithin, STORAGE } from './size-within';
import type { UpdateInstanceRequest } from './update-instance.request';

const MOST_VARIABLES = 50;
const LONGEST_VALUE = 4_000;

/**
 * What an instance is meant to have from now on; only what was asked for.
 * Throws one `InvalidRequest` that names every field that is wrong, or that nothing is asked for.
 */
export function readShape(request: UpdateInstanceRequest): InstanceShape {
  const { name, description, cpu_limit: cpuLimit, environment } = request;
  const fields = new FieldReader();
  const sizes = readSizes(request, fields);
  const variables =
    environment === undefined ? undefined : fields.read('environment', () => readEnvironment(environment));
  fields.assertNoErrors();
  const shape: InstanceShape = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(cpuLimit === undefined ? {} : { cpuLimit }),
    ...sizes,
    ...(variables === undefined ? {} : { environment: variables }),
  };
  if (Object.keys(shape).length > 0) return shape;
  throw InvalidRequest.field(
    'body',
    'body.empty',
    'say what to change: name, description, cpu_limit, memory_limit, storage_limit or environment',
  );
}

const LIMITS = ['cpuLimit', 'memoryBytes', 'storageBytes'] as const;

/** Other limits need room, on a node or in the directory, so that is looked for first. */
export function commandFor(shape: InstanceShape, instance: Instance): 'scale' | 'reconfigure' {
  const isOther = (limit: (typeof LIMITS)[number]): boolean =>
    shape[limit] !== undefined && shape[limit] !== instance[limit];
  return LIMITS.some(isOther) ? 'scale' : 'reconfigure';
}

type Sizes = Pick<InstanceShape, 'memoryBytes' | 'storageBytes'>;

function readSizes({ memory_limit, storage_limit }: UpdateInstanceRequest, fields: FieldReader): Sizes {
  const read = (field: string, text: string, range: SizeRange): number =>
    fields.read(field, () => sizeWithin(text, range));
  return {
    ...(memory_limit === undefined ? {} : { memoryBytes: read('memory_limit', memory_limit, MEMORY) }),
    ...(storage_limit === undefined ? {} : { storageBytes: read('storage_limit', storage_limit, STORAGE) }),
  };
}

function readEnvironment(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(given);
  if (entries.length > MOST_VARIABLES) throw malformed(`at most ${MOST_VARIABLES} variables can be set`);
  const texts = entries.map(([name, value]): [string, string] => {
    if (typeof value === 'string' && value.length <= LONGEST_VALUE && !value.includes('\0'))
      return [name, value];
    throw malformed(`the value of ${name.slice(0, 60)} must be text of at most ${LONGEST_VALUE} characters`);
  });
  return customerEnvironment(Object.fromEntries(texts));
}

function malformed(detail: string): AppError {
  return AppError.terminal('environment.malformed', detail);
}
