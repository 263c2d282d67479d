import { Readable } from 'node:stream';
import { linesOf } from './event-lines';

const read = async (chunks: readonly (Buffer | string)[]): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks))) lines.push(line);
  return lines;
};

describe('linesOf', () => {
  it('gives the same lines wherever the chunks are cut', async () => {
    const bytes = Buffer.from('{"a":"größer"}\n\n{"b":2}\nunfinished');
    for (let size = 1; size <= bytes.length; size += 1) {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      expect(await read(chunks)).toEqual(['{"a":"größer"}', '', '{"b":2}']);
    }
  });

  it('throws a line away that has no end, and goes on with the next', async () => {
    const endless = Array.from({ length: 20 }, () => 'x'.repeat(100_000));
    expect(await read(['first\n', ...endless, '\nnext\n'])).toEqual(['first', 'next']);
  });
});
