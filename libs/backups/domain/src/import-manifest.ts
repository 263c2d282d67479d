import { AppError } from '@saasodoo/kernel';

/** What is believed of the `manifest.json` that Odoo's database manager writes. */
export interface ImportManifest {
  readonly databaseName: string;
  /** `14.0`, from `version_info`. */
  readonly version: string;
  readonly baseVersion?: string;
  readonly modules: number;
}

const NAME_LENGTH = 200;

/** Throws `import.manifest_malformed`. */
export function parseImportManifest(text: string): ImportManifest {
  const manifest = parsed(text);
  const { version_info: info, db_name: name, modules } = manifest;
  const [major, minor] = Array.isArray(info) ? (info as unknown[]) : [];
  if (!isPart(major) || !isPart(minor)) throw malformed('it has no version_info');
  const versions = isRecord(modules) ? modules : {};
  const { base } = versions;
  return {
    databaseName: typeof name === 'string' ? name.slice(0, NAME_LENGTH) : '',
    version: `${major}.${minor}`,
    ...(typeof base === 'string' ? { baseVersion: base } : {}),
    modules: Object.keys(versions).length,
  };
}

/**
 * The version as this site offers it: `17` and `17.0` are the same, `17.1` is another one.
 * Throws `import.version_not_offered` with what is offered.
 */
export function offeredVersion(version: string, offered: readonly string[]): string {
  const found = offered.find((one) => withMinor(one) === withMinor(version));
  if (found !== undefined) return found;
  throw AppError.terminal(
    'import.version_not_offered',
    `it is of Odoo ${version}, which cannot be had here`,
    {
      httpStatus: 422,
      hint: `This site has ${offered.join(', ')}. Upgrade the database to one of them where it is, then send it again.`,
      facts: { version, offered },
    },
  );
}

function withMinor(version: string): string {
  return version.includes('.') ? version : `${version}.0`;
}

/** A number, or `saas~17` of the versions in between. */
function isPart(value: unknown): value is number | string {
  return Number.isSafeInteger(value) || (typeof value === 'string' && /^saas~\d+$/.test(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('it is not JSON', cause);
  }
  if (!isRecord(value)) throw malformed('it is no object');
  return value;
}

function malformed(reason: string, cause?: unknown): AppError {
  return AppError.terminal('import.manifest_malformed', `manifest.json cannot be read: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    httpStatus: 422,
    hint: "Make the zip with Odoo's own database manager, with the filestore, and send it as it is.",
  });
}
