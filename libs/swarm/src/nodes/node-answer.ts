import { type Answer } from '../connection/answer';
import { type SwarmNode } from './swarm-node';

const ROLES = ['manager', 'worker'] as const;
const STATES = ['unknown', 'down', 'ready', 'disconnected'] as const;
const AVAILABILITIES = ['active', 'pause', 'drain'] as const;

export function toNode(answer: Answer): SwarmNode {
  const spec = answer.at('Spec');
  const description = answer.at('Description');
  const capacity = description.at('Resources');
  const platform = description.at('Platform');
  return {
    id: answer.text('ID'),
    hostname: description.textOr('Hostname', ''),
    role: oneOf(ROLES, spec, 'Role'),
    state: oneOf(STATES, answer.at('Status'), 'State'),
    availability: oneOf(AVAILABILITIES, spec, 'Availability'),
    address: answer.at('Status').textOr('Addr', ''),
    labels: spec.map('Labels'),
    engineLabels: description.at('Engine').map('Labels'),
    cpus: capacity.numberOr('NanoCPUs', 0) / 1_000_000_000,
    memoryBytes: capacity.numberOr('MemoryBytes', 0),
    operatingSystem: platform.textOr('OS', ''),
    architecture: platform.textOr('Architecture', ''),
  };
}

function oneOf<T extends string>(values: readonly T[], answer: Answer, key: string): T {
  const text = answer.text(key);
  return values.find((value) => value === text) ?? answer.unexpected(key, `one of ${values.join(', ')}`);
}
