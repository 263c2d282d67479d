import type { JsonObject, Operation } from '@saasodoo/operations/domain';

/** What the steps of an operation have left, by step name. */
export function outputsOf({ steps }: Operation): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(
    steps.flatMap(({ name, output }) => (output === undefined ? [] : [[name, output]])),
  );
}
