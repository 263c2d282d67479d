import type { FileHandle } from 'node:fs/promises';
import { AppError } from '@saasodoo/kernel';
import { notAZip } from './not-a-zip';
import { readExactly } from './read-exactly';
import { readZipEnd } from './zip-end';
import type { ZipEntry } from './zip-entry';

const ENTRY = 0x02014b50;
const HEAD_BYTES = 46;
const ENCRYPTED = 1;
const METHODS: Readonly<Record<number, ZipEntry['method']>> = { 0: 'stored', 8: 'deflated' };
const IN_EXTRA = 0xffffffff;
const EXTRA_64 = 1;
const FILE_TYPE = 0o170000;
/** A zip that was not made on a Unix says nothing. */
const PLAIN_TYPES = [0, 0o100000, 0o040000];

/**
 * Every entry, as the directory says; nothing is unpacked. Throws `import.not_a_zip`, `import.too_many_entries`,
 * `import.entry_unreadable` for what is encrypted or packed in another way than Odoo does.
 */
export async function readZipDirectory(file: FileHandle, maxEntries: number): Promise<ZipEntry[]> {
  const end = await readZipEnd(file);
  if (end.entries > maxEntries) throw tooMany(maxEntries);
  const entries: ZipEntry[] = [];
  let at = end.offset;
  while (entries.length < end.entries) {
    const head = await readExactly(file, at, HEAD_BYTES);
    if (head.readUInt32LE(0) !== ENTRY) throw notAZip('its directory is damaged');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => head.readUInt16LE(place));
    const [named = 0, extra = 0, comment = 0] = [nameBytes, extraBytes, commentBytes];
    const rest = await readExactly(file, at + HEAD_BYTES, named + extra);
    entries.push(entryOf(head, rest.subarray(0, named), rest.subarray(named)));
    at += HEAD_BYTES + named + extra + comment;
    if (at > end.offset + end.bytes) throw notAZip('its directory is damaged');
  }
  return entries;
}

function entryOf(head: Buffer, nameBytes: Buffer, extra: Buffer): ZipEntry {
  const name = nameBytes.toString('utf8');
  const method = METHODS[head.readUInt16LE(10)];
  const isEncrypted = (head.readUInt16LE(8) & ENCRYPTED) !== 0;
  if (method === undefined || isEncrypted) throw unreadable(name);
  const large = new LargeNumbers(extra);
  // In this order, as the extra field has them.
  const bytes = large.or(head.readUInt32LE(24));
  const packedBytes = large.or(head.readUInt32LE(20));
  const offset = large.or(head.readUInt32LE(42));
  const type = (head.readUInt32LE(38) >>> 16) & FILE_TYPE;
  return {
    ...{ name, bytes, packedBytes, offset, method },
    crc32: head.readUInt32LE(16),
    isDirectory: name.endsWith('/'),
    isPlain: PLAIN_TYPES.includes(type),
  };
}

/** Numbers that did not fit where they belong, in the order of their places. */
class LargeNumbers {
  private readonly field: Buffer;
  private at = 0;

  constructor(extra: Buffer) {
    this.field = fieldOf(extra);
  }

  or(small: number): number {
    if (small !== IN_EXTRA) return small;
    if (this.at + 8 > this.field.length) throw notAZip('its directory is damaged');
    const value = this.field.readBigUInt64LE(this.at);
    this.at += 8;
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw notAZip('it points outside of itself');
    return Number(value);
  }
}

function fieldOf(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length;) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    if (id === EXTRA_64) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return extra.subarray(0, 0);
}

function tooMany(limit: number): AppError {
  return AppError.terminal('import.too_many_entries', `there are more than ${limit} files in the zip`, {
    httpStatus: 422,
    hint: 'Ask the operator of this site for more.',
    facts: { limit },
  });
}

function unreadable(name: string): AppError {
  return AppError.terminal(
    'import.entry_unreadable',
    'an entry of the zip is encrypted, or packed in an unusual way',
    {
      httpStatus: 422,
      hint: "Send the zip that Odoo's own database manager makes, as it is.",
      facts: { entry: name.slice(0, 200) },
    },
  );
}
