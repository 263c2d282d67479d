import type { InstalledOdoo } from '@saasodoo/instances/data-access';
import type { OdooImage } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import type { JsonObject, JsonValue, StepContext } from '@saasodoo/operations/domain';

/** The step that settles what an upgrade changes. */
export const CHECK_UPGRADE = 'check-upgrade';

/** What an upgrade changes, as it was settled before anything was touched. */
export interface CheckedUpgrade {
  readonly from: InstalledOdoo;
  readonly to: InstalledOdoo;
  readonly modules: readonly string[];
  /** Of the site, in the place of an update of modules. */
  readonly major?: { readonly image: OdooImage; readonly command: readonly string[] };
}

/** As the step keeps it. */
export function checkedOutput({ from, to, modules, major }: CheckedUpgrade): JsonObject {
  return {
    ...{ from: odooOutput(from), to: odooOutput(to), modules: [...modules] },
    ...(major === undefined ? {} : { command: [...major.command], command_image: imageOutput(major.image) }),
  };
}

/** Throws `operation.output_missing`. */
export function checkedUpgrade(outputs: StepContext['outputs']): CheckedUpgrade {
  const { from, to, modules, command, command_image } = outputs[CHECK_UPGRADE] ?? {};
  const image = command_image === undefined ? undefined : imageOf(command_image);
  return {
    ...{ from: odooOf(from), to: odooOf(to), modules: textsOf(modules) },
    ...(image === undefined ? {} : { major: { image, command: textsOf(command) } }),
  };
}

function odooOutput({ odooVersion, odooImage }: InstalledOdoo): JsonObject {
  return { version: odooVersion, image: imageOutput(odooImage) };
}

function imageOutput({ image, id, profile }: OdooImage): JsonObject {
  return { image, profile, ...(id === undefined ? {} : { id }) };
}

function odooOf(value: JsonValue | undefined): InstalledOdoo {
  if (!isObject(value) || typeof value['version'] !== 'string') throw missing();
  return { odooVersion: value['version'], odooImage: imageOf(value['image']) };
}

function imageOf(value: JsonValue | undefined): OdooImage {
  if (!isObject(value)) throw missing();
  const { image, id, profile } = value;
  if (typeof image !== 'string' || typeof profile !== 'string') throw missing();
  return { image, profile, ...(typeof id === 'string' ? { id } : {}) };
}

function textsOf(value: JsonValue | undefined): string[] {
  if (!Array.isArray(value)) throw missing();
  return value.filter((text): text is string => typeof text === 'string');
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missing(): AppError {
  return AppError.terminal(
    'operation.output_missing',
    `the step ${CHECK_UPGRADE} left no plan of the upgrade`,
  );
}
