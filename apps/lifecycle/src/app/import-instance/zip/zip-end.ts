import type { FileHandle } from 'node:fs/promises';
import { notAZip } from './not-a-zip';
import { readExactly } from './read-exactly';

/** Where the directory of a zip is. */
export interface ZipEnd {
  readonly entries: number;
  readonly offset: number;
  readonly bytes: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const LOCATOR = 0x07064b50;
const LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const IN_END64_16 = 0xffff;
const IN_END64_32 = 0xffffffff;

/** Reads the end of a zip, where it says what it holds. Throws `import.not_a_zip`. */
export async function readZipEnd(file: FileHandle): Promise<ZipEnd> {
  const { size } = await file.stat();
  const length = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readExactly(file, size - length, length);
  const at = endIn(tail);
  const position = size - length + at;
  const end = {
    entries: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  const isLarge = end.entries === IN_END64_16 || end.bytes === IN_END64_32 || end.offset === IN_END64_32;
  const found = isLarge ? await readEnd64(file, position - LOCATOR_BYTES) : end;
  if (found.offset + found.bytes > position) throw notAZip('its directory is not where it says');
  return found;
}

/** The last signature whose comment reaches to the end of the file. */
function endIn(tail: Buffer): number {
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    const isEnd =
      tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length;
    if (isEnd) return at;
  }
  throw notAZip('it has no end of a zip');
}

async function readEnd64(file: FileHandle, locatorAt: number): Promise<ZipEnd> {
  const locator = await readExactly(file, locatorAt, LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== LOCATOR) throw notAZip('its end is incomplete');
  const end = await readExactly(file, count(locator, 8), END64_BYTES);
  if (end.readUInt32LE(0) !== END64) throw notAZip('its end is incomplete');
  return { entries: count(end, 32), bytes: count(end, 40), offset: count(end, 48) };
}

function count(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw notAZip('it points outside of itself');
  return Number(value);
}
