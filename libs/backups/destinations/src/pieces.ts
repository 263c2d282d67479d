export interface Piece {
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** Cuts a stream into pieces of these sizes and marks the last one, which may be shorter or empty. */
export async function* cut(
  content: AsyncIterable<Buffer>,
  sizeOf: (index: number) => number,
): AsyncGenerator<Piece> {
  let pending: Buffer[] = [];
  let length = 0;
  let index = 0;
  for await (const bytes of content) {
    pending.push(bytes);
    length += bytes.length;
    // More than a piece is needed before it is known that it is not the last one.
    while (length > sizeOf(index)) {
      const all = pending.length === 1 ? (pending[0] ?? bytes) : Buffer.concat(pending);
      const size = sizeOf(index);
      // Let go before it is handed on: whoever takes pieces slowly holds one of them, not two.
      pending = [all.subarray(size)];
      length = all.length - size;
      index += 1;
      yield { bytes: all.subarray(0, size), last: false };
    }
  }
  yield { bytes: Buffer.concat(pending), last: true };
}
