import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { PartCipher } from './part-cipher';

const NAME = { backupId: '01890a5d-ac96-774b-bcce-b302099a8057', part: 'database.dump' };
const CHUNK = 1024 ** 2;
const cipher = new PartCipher(randomBytes(32).toString('base64'));

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function whole(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

function encrypted(bytes: Buffer): Promise<Buffer> {
  return whole(cipher.encrypt(inPieces(bytes, 70_000), NAME));
}

function opened(bytes: Buffer, name = NAME, by = cipher): Promise<Buffer> {
  return whole(by.open(inPieces(bytes, 65_536), name));
}

const unreadable = expect.objectContaining({ code: 'backup.part_unreadable' });

describe('PartCipher', () => {
  it('opens what it encrypted, in pieces of whatever size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 700 }),
        async (content, write, read) => {
          const bytes = Buffer.from(content);
          const stored = await whole(cipher.encrypt(inPieces(bytes, write), NAME));
          expect((await whole(cipher.open(inPieces(stored, read), NAME))).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])(
    'opens %d bytes',
    async (length) => {
      const bytes = randomBytes(length);
      expect((await opened(await encrypted(bytes))).equals(bytes)).toBe(true);
    },
  );

  it('refuses what was changed anywhere', async () => {
    const stored = await encrypted(Buffer.from('what a customer cannot make again'));
    await fc.assert(
      fc.asyncProperty(fc.nat(stored.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(stored);
        changed[at] = (changed[at] ?? 0) ^ change;
        await expect(opened(changed)).rejects.toEqual(unreadable);
      }),
    );
  });

  it('refuses what was cut off anywhere, also between two chunks', async () => {
    const stored = await encrypted(randomBytes(CHUNK * 2 + 100));
    const header = 21;
    const chunk = CHUNK + 16;
    for (const length of [0, 5, header, header + 16, header + chunk, header + 2 * chunk, stored.length - 1]) {
      await expect(opened(stored.subarray(0, length))).rejects.toEqual(unreadable);
    }
  });

  it('refuses chunks in another order, and more of them', async () => {
    const stored = await encrypted(randomBytes(CHUNK * 2 + 100));
    const [header, chunk] = [21, CHUNK + 16];
    const parts = [0, 1].map((index) =>
      stored.subarray(header + index * chunk, header + (index + 1) * chunk),
    );
    const [first = stored, second = stored] = parts;
    const last = stored.subarray(header + 2 * chunk);
    const head = stored.subarray(0, header);
    await expect(opened(Buffer.concat([head, second, first, last]))).rejects.toEqual(unreadable);
    await expect(opened(Buffer.concat([stored, last]))).rejects.toEqual(unreadable);
  });

  it('refuses a part of another backup, under another name, or with another key', async () => {
    const stored = await encrypted(Buffer.from('mine'));
    await expect(opened(stored, { ...NAME, part: 'files.tar.zst' })).rejects.toEqual(unreadable);
    const backupId = '01890a5d-ac96-774b-bcce-b302099a8058';
    await expect(opened(stored, { ...NAME, backupId })).rejects.toEqual(unreadable);
    const other = new PartCipher(randomBytes(32).toString('base64'));
    await expect(opened(stored, NAME, other)).rejects.toEqual(unreadable);
  });
});
