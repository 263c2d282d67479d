import { createHash } from 'node:crypto';

export interface Measure {
  readonly bytes: number;
  readonly sha256: string;
}

/** Hands a stream on and counts what passes; `result` is true of what was read so far. */
export function measured(
  content: AsyncIterable<Buffer>,
  onBytes?: (bytes: number) => void,
): { readonly content: AsyncGenerator<Buffer>; readonly result: () => Measure } {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* passing(): AsyncGenerator<Buffer> {
    for await (const piece of content) {
      hash.update(piece);
      bytes += piece.length;
      onBytes?.(bytes);
      yield piece;
    }
  }
  return { content: passing(), result: () => ({ bytes, sha256: hash.copy().digest('hex') }) };
}
