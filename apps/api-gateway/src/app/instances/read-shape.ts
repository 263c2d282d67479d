import { customerEnvironment } from '@saasodoo/contracts';
import type { InstanceShape } from '@saasodoo/instances/data-access';
import type { Instance } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { InvalidRequest } from '../http/invalid-request';
import { FieldReader } from './field-reader';
import { MEMORY, sizeWithin } from './size-within';
import type { UpdateInstanceRequest } from './update-instance.request';

const MOST_VARIABLES = 50;
const LONGEST_VALUE = 4_000;

/**
 * What an instance is meant to have from now on; only what was asked for.
 * Throws one `InvalidRequest` that names every field that is wrong, or that nothing is asked for.
 */
export function readShape(request: UpdateInstanceRequest): InstanceShape {
  const { name, description, cpu_limit: cpuLimit, memory_limit, environment } = request;
  const fields = new FieldReader();
  const memoryBytes =
    memory_limit === undefined
      ? undefined
      : fields.read('memory_limit', () => sizeWithin(memory_limit, MEMORY));
  const variables =
    environment === undefined ? undefined : fields.read('environment', () => readEnvironment(environment));
  fields.assertNoErrors();
  const shape: InstanceShape = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(cpuLimit === undefined ? {} : { cpuLimit }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(variables === undefined ? {} : { environment: variables }),
  };
  if (Object.keys(shape).length > 0) return shape;
  throw InvalidRequest.field(
    'body',
    'body.empty',
    'say what to change: name, description, cpu_limit, memory_limit or environment',
  );
}

/** Other limits need room on a node, so that is looked for first. */
export function commandFor(
  shape: InstanceShape,
  { cpuLimit, memoryBytes }: Instance,
): 'scale' | 'reconfigure' {
  const isLarger = (shape.cpuLimit ?? 0) > cpuLimit || (shape.memoryBytes ?? 0) > memoryBytes;
  const isSmaller = (shape.cpuLimit ?? Infinity) < cpuLimit || (shape.memoryBytes ?? Infinity) < memoryBytes;
  return isLarger || isSmaller ? 'scale' : 'reconfigure';
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
