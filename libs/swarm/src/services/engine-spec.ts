/** Fields this library does not know are carried through: dropping one would restart the task. */
export interface EngineFields {
  [field: string]: unknown;
}

export interface EngineTaskTemplate extends EngineFields {
  ContainerSpec: EngineFields;
  ForceUpdate?: number;
  Resources?: { Limits?: EngineFields; Reservations?: EngineFields };
}

/** A service spec as the engine has it: what an update edits in place and hands back whole. */
export interface EngineSpec extends EngineFields {
  Name: string;
  Labels?: Record<string, string>;
  TaskTemplate: EngineTaskTemplate;
  Mode: { Replicated: { Replicas: number } };
}

/**
 * True for the spec of a replicated service. A spec sent without `Mode` would mean one replica and wake a stopped
 * instance, so nothing else may be handed to an update.
 */
export function isEngineSpec(value: unknown): value is EngineSpec {
  if (!isFields(value) || typeof value['Name'] !== 'string') return false;
  const template = value['TaskTemplate'];
  const mode = value['Mode'];
  return (
    isFields(template) &&
    isFields(template['ContainerSpec']) &&
    isFields(mode) &&
    isFields(mode['Replicated']) &&
    typeof mode['Replicated']['Replicas'] === 'number'
  );
}

export function isFields(value: unknown): value is EngineFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
