import { type EngineSpec } from './engine-spec';
import { type ResourceLimits, type Resources } from './service-spec';
import { resources } from './to-engine-spec';

/** Limits and reservations to change; what is left out stays. */
export interface ResourceChanges {
  readonly limits?: ResourceLimits;
  readonly reservations?: Resources;
}

/** Begins a new revision, and with it a new task. */
export function renew({ TaskTemplate: template }: EngineSpec): void {
  template.ForceUpdate = (template.ForceUpdate ?? 0) + 1;
}

/** Leaving 0 begins a new revision, so that new tasks can be told from those of the last run. */
export function setReplicas(spec: EngineSpec, replicas: number): void {
  const { Replicated: mode } = spec.Mode;
  if (mode.Replicas === 0 && replicas > 0) renew(spec);
  mode.Replicas = replicas;
}

/** Sets labels, removes those given as `null`, keeps the rest. */
export function changeLabels(spec: EngineSpec, changes: Readonly<Record<string, string | null>>): void {
  const labels = Object.entries({ ...spec.Labels, ...changes });
  spec.Labels = Object.fromEntries(labels.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Begins a new revision, unless all that is asked for is there already. */
export function changeResources(spec: EngineSpec, changes: ResourceChanges): void {
  const { Limits = {}, Reservations = {} } = spec.TaskTemplate.Resources ?? {};
  const asked = { Limits: given(changes.limits), Reservations: given(changes.reservations) };
  if (within(asked.Limits, Limits) && within(asked.Reservations, Reservations)) return;
  spec.TaskTemplate.Resources = {
    Limits: { ...Limits, ...asked.Limits },
    Reservations: { ...Reservations, ...asked.Reservations },
  };
  renew(spec);
}

/** Makes of `spec` all that is wanted under a new revision; what it was before is gone, but for name and mode. */
export function replaceWith(spec: EngineSpec, wanted: EngineSpec, replicas: number): void {
  const { Name, Mode, TaskTemplate } = spec;
  for (const field of Object.keys(spec)) Reflect.deleteProperty(spec, field);
  Object.assign(spec, structuredClone(wanted), { Name, Mode });
  spec.TaskTemplate.ForceUpdate = TaskTemplate.ForceUpdate ?? 0;
  renew(spec);
  spec.Mode.Replicated.Replicas = replicas;
}

function given(wanted: ResourceLimits | undefined): Readonly<Record<string, unknown>> {
  const { NanoCPUs, MemoryBytes } = resources(wanted);
  return {
    ...(wanted?.cpus === undefined ? {} : { NanoCPUs }),
    ...(wanted?.memoryBytes === undefined ? {} : { MemoryBytes }),
    ...(wanted?.pids === undefined ? {} : { Pids: wanted.pids }),
  };
}

/** True when all that is asked for is there already; the engine leaves out zeros. */
function within(asked: Readonly<Record<string, unknown>>, there: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(asked).every(([key, value]) => (there[key] ?? 0) === value);
}
