import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { AppError } from '@saasodoo/kernel';
import { notAZip } from './not-a-zip';
import { readExactly } from './read-exactly';
import type { ZipEntry } from './zip-entry';

const HEAD = 0x04034b50;
const HEAD_BYTES = 30;
const PIECE_BYTES = 256 * 1024;

/**
 * The content of an entry, unpacked. Its end is reached only when it was what the directory says of it; it never gets larger.
 * Throws `import.not_a_zip`, `import.entry_damaged`.
 */
export async function* entryContent(file: FileHandle, entry: ZipEntry): AsyncGenerator<Buffer> {
  let [bytes, sum] = [0, 0];
  try {
    for await (const piece of unpacked(file, entry)) {
      bytes += piece.length;
      if (bytes > entry.bytes) throw damaged(entry);
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    throw isZlibError(error) ? damaged(entry, error) : error;
  }
  if (bytes !== entry.bytes || sum !== entry.crc32) throw damaged(entry);
}

function unpacked(file: FileHandle, entry: ZipEntry): AsyncIterable<Buffer> {
  const packed = packedContent(file, entry);
  if (entry.method === 'stored') return packed;
  const inflate = createInflateRaw();
  // Its failures reach the reader: the last of both is destroyed with them.
  void pipeline(packed, inflate).catch(() => undefined);
  return inflate;
}

async function* packedContent(file: FileHandle, { offset, packedBytes }: ZipEntry): AsyncGenerator<Buffer> {
  const head = await readExactly(file, offset, HEAD_BYTES);
  if (head.readUInt32LE(0) !== HEAD) throw notAZip('an entry is not where its directory says');
  const start = offset + HEAD_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  for (let at = 0; at < packedBytes; at += PIECE_BYTES) {
    yield await readExactly(file, start + at, Math.min(PIECE_BYTES, packedBytes - at));
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function damaged({ name }: ZipEntry, cause?: unknown): AppError {
  return AppError.terminal('import.entry_damaged', 'an entry of the zip is not what its directory says', {
    ...(cause === undefined ? {} : { cause }),
    httpStatus: 422,
    hint: 'The zip is damaged: make it anew and send it again.',
    facts: { entry: name.slice(0, 200) },
  });
}
