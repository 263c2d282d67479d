import type { FileHandle } from 'node:fs/promises';
import { notAZip } from './not-a-zip';

/** Throws `import.not_a_zip` when the file ends before. */
export async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(position) || position < 0) throw notAZip('it points outside of itself');
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead < length) throw notAZip('it is cut off');
  return bytes;
}
