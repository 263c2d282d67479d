import fc from 'fast-check';
import { cut, type Piece } from './pieces';

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

describe('cut', () => {
  it('loses nothing, keeps the sizes, and marks the last piece and no other', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 30 }), async (given, size) => {
        const pieces: Piece[] = [];
        for await (const piece of cut(stream(given), () => size)) pieces.push(piece);
        expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(Buffer.concat(given));
        expect(pieces.map(({ last }) => last)).toEqual(pieces.map((_, index) => index === pieces.length - 1));
        for (const { bytes } of pieces.slice(0, -1)) expect(bytes).toHaveLength(size);
        expect(pieces.at(-1)?.bytes.length).toBeLessThanOrEqual(size);
      }),
    );
  });
});
