import { AppError } from '@saasodoo/kernel';

/** To be raised when what a backup consists of changes in a way that an older reader would get wrong. */
export const MANIFEST_FORMAT = 1;

export const DATABASE_PART = 'database.dump';
export const FILES_PART = 'files.tar.zst';
export const MANIFEST_PART = 'manifest.json';

export interface BackupPart {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** As it lies at the destination; differs from the above when it is encrypted there. */
  readonly stored_bytes: number;
  readonly stored_sha256: string;
  readonly encrypted: boolean;
}

/** What a backup says of itself, stored beside its parts: it can be restored without the platform's own database. */
export interface BackupManifest {
  readonly format: number;
  readonly backup_id: string;
  readonly kind: string;
  readonly instance: {
    readonly id: string;
    readonly customer_id: string;
    readonly name: string;
    readonly database_name: string;
  };
  readonly odoo: {
    readonly version: string;
    readonly image: string;
    readonly image_id: string;
    /** Installed ones, with their versions. */
    readonly modules: Readonly<Record<string, string>>;
  };
  readonly database: {
    readonly server_version: string;
    readonly size_bytes: number;
    /** Rows by table, counted in the very snapshot that was dumped. */
    readonly tables: Readonly<Record<string, number>>;
  };
  readonly files: {
    readonly count: number;
    readonly bytes: number;
    /** Named by an attachment in the dump and not among the files. */
    readonly missing: number;
  };
  /** Every file that the dump names is there, or was gone before the backup began. */
  readonly consistent: boolean;
  readonly parts: readonly BackupPart[];
  readonly started_at: string;
  readonly completed_at: string;
}

/** Reads a stored manifest. Throws `backup.manifest_malformed`, `backup.format_unknown`. */
export function parseManifest(text: string): BackupManifest {
  const value = parsed(text);
  const format = at(value, 'format');
  if (typeof format !== 'number') throw malformed('it has no format');
  if (format !== MANIFEST_FORMAT) throw formatUnknown(format);
  if (!isManifest(value)) throw malformed(`not as expected: ${wrongFields(value).join(', ')}`);
  return value;
}

const FIELDS: readonly (readonly [path: string, type: 'string' | 'number' | 'boolean'])[] = [
  ['backup_id', 'string'],
  ['kind', 'string'],
  ['instance.id', 'string'],
  ['instance.customer_id', 'string'],
  ['instance.name', 'string'],
  ['instance.database_name', 'string'],
  ['odoo.version', 'string'],
  ['odoo.image', 'string'],
  ['odoo.image_id', 'string'],
  ['database.server_version', 'string'],
  ['database.size_bytes', 'number'],
  ['files.count', 'number'],
  ['files.bytes', 'number'],
  ['files.missing', 'number'],
  ['consistent', 'boolean'],
  ['started_at', 'string'],
  ['completed_at', 'string'],
];

function isManifest(value: unknown): value is BackupManifest {
  return wrongFields(value).length === 0;
}

function wrongFields(value: unknown): string[] {
  const wrong = FIELDS.filter(([path, type]) => typeof at(value, path) !== type).map(([path]) => path);
  const tables = at(value, 'database.tables');
  const modules = at(value, 'odoo.modules');
  const parts = at(value, 'parts');
  return [
    ...wrong,
    ...(isRecord(tables) && Object.values(tables).every(isCount) ? [] : ['database.tables']),
    ...(isRecord(modules) && Object.values(modules).every(isText) ? [] : ['odoo.modules']),
    ...(Array.isArray(parts) && parts.every(isPart) ? [] : ['parts']),
  ];
}

const SHA256 = /^[0-9a-f]{64}$/;
const PART_NAMES: readonly unknown[] = [DATABASE_PART, FILES_PART];

function isPart(part: unknown): boolean {
  return (
    PART_NAMES.includes(at(part, 'name')) &&
    isCount(at(part, 'bytes')) &&
    isCount(at(part, 'stored_bytes')) &&
    [at(part, 'sha256'), at(part, 'stored_sha256')].every((hash) => SHA256.test(String(hash))) &&
    typeof at(part, 'encrypted') === 'boolean'
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('it is not JSON', cause);
  }
}

function malformed(reason: string, cause?: unknown): AppError {
  return AppError.terminal(
    'backup.manifest_malformed',
    `the manifest of the backup cannot be read: ${reason}`,
    {
      ...(cause === undefined ? {} : { cause }),
      hint: 'The backup is damaged. Nothing was touched; use another backup.',
      httpStatus: 422,
    },
  );
}

function formatUnknown(format: number): AppError {
  return AppError.terminal('backup.format_unknown', `backups of format ${format} cannot be read here`, {
    hint: `This platform reads format ${MANIFEST_FORMAT}. A newer one made the backup: update this one.`,
    facts: { format },
    httpStatus: 422,
  });
}
