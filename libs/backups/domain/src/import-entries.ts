import { AppError } from '@saasodoo/kernel';

/** What the directory of a zip says of one of its entries. */
export interface ZipEntryFacts {
  readonly name: string;
  /** Unpacked. */
  readonly bytes: number;
  readonly isDirectory: boolean;
  /** A file as all are; no link, device or pipe. */
  readonly isPlain: boolean;
}

export interface ImportLimits {
  readonly maxEntries: number;
  readonly maxUnpackedBytes: number;
}

export interface ImportLayout {
  readonly dumpBytes: number;
  readonly files: number;
  readonly filesBytes: number;
}

export const DUMP_ENTRY = 'dump.sql';
export const MANIFEST_ENTRY = 'manifest.json';
const FILESTORE = 'filestore/';
const MANIFEST_MAX_BYTES = 4 * 1024 ** 2;
const MAX_SEGMENT_BYTES = 255;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\\]/u;

/** The path of a file below the filestore; `undefined` for what is none of its files. Only after `assertImportable`. */
export function filestorePath({
  name,
  isDirectory,
}: Pick<ZipEntryFacts, 'name' | 'isDirectory'>): string | undefined {
  return !isDirectory && name.startsWith(FILESTORE) ? name.slice(FILESTORE.length) : undefined;
}

/**
 * Judges a zip by its directory, before anything of it is unpacked. Pure. Throws `import.too_many_entries`,
 * `import.unpacked_too_large`, `import.name_refused`, `import.entry_missing`.
 */
export function assertImportable(entries: readonly ZipEntryFacts[], limits: ImportLimits): ImportLayout {
  if (entries.length > limits.maxEntries) throw tooMany(limits.maxEntries);
  const unpacked = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (unpacked > limits.maxUnpackedBytes) throw tooLarge(unpacked, limits.maxUnpackedBytes);
  const seen = new Set<string>();
  for (const entry of entries) {
    const reason = refusalOf(entry) ?? (seen.has(entry.name) ? 'is there twice' : undefined);
    if (reason !== undefined) throw nameRefused(entry.name, reason);
    seen.add(entry.name);
  }
  const dump = required(entries, DUMP_ENTRY);
  if (required(entries, MANIFEST_ENTRY).bytes > MANIFEST_MAX_BYTES)
    throw nameRefused(MANIFEST_ENTRY, 'is too large to be one');
  const files = entries.filter((entry) => filestorePath(entry) !== undefined);
  const filesBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return { dumpBytes: dump.bytes, files: files.length, filesBytes };
}

/** Why a name may not be unpacked; each segment must be plain, whatever reads it. */
function refusalOf({ name, isDirectory, isPlain }: ZipEntryFacts): string | undefined {
  if (UNPRINTABLE.test(name)) return 'has characters that no file of Odoo has';
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'is absolute';
  const segments = (isDirectory ? name.replace(/\/$/, '') : name).split('/');
  if (segments.some((segment) => ['', '.', '..'].includes(segment))) return 'leads elsewhere';
  if (segments.some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)) return 'is too long';
  return isPlain ? undefined : 'is a link or a device';
}

function required(entries: readonly ZipEntryFacts[], name: string): ZipEntryFacts {
  const found = entries.find((entry) => entry.name === name && !entry.isDirectory);
  if (found !== undefined) return found;
  throw refused('import.entry_missing', `there is no ${name} in the zip`, {
    hint: "Make the zip with Odoo's own database manager, with the filestore, and send it as it is.",
    facts: { entry: name },
  });
}

function tooMany(limit: number): AppError {
  return refused('import.too_many_entries', `there are more than ${limit} files in the zip`, {
    hint: 'Ask the operator of this site for more.',
    facts: { limit },
  });
}

function tooLarge(bytes: number, limit: number): AppError {
  return refused('import.unpacked_too_large', `unpacked it has ${bytes} bytes, more than ${limit}`, {
    hint: 'Ask the operator of this site for more.',
    facts: { bytes, limit },
  });
}

function nameRefused(name: string, reason: string): AppError {
  return refused('import.name_refused', `an entry of the zip ${reason}`, {
    hint: "Odoo's database manager makes no such names: send its zip as it is.",
    facts: { entry: name.slice(0, 200) },
  });
}

function refused(code: string, message: string, options: Parameters<typeof AppError.terminal>[2]): AppError {
  return AppError.terminal(code, message, { ...options, httpStatus: 422 });
}
