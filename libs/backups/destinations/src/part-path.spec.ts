import fc from 'fast-check';
import { partPath } from './part-path';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const malformed = expect.objectContaining({ code: 'backup.name_malformed' });

describe('partPath', () => {
  it('names a part of a backup', () => {
    expect(partPath(ID, 'files.tar.zst')).toBe(`${ID}/files.tar.zst`);
  });

  it.each(['', '.', '..', '../x', 'a/b', '/etc/passwd', '.hidden', 'a..b', 'a\0', 'A', 'x'.repeat(65)])(
    'refuses the part %j',
    (part) => {
      expect(() => partPath(ID, part)).toThrow(malformed);
    },
  );

  it.each(['', '..', `${ID}/..`, `../${ID}`, 'shop'])('refuses the backup %j', (id) => {
    expect(() => partPath(id, 'manifest.json')).toThrow(malformed);
  });

  it('whatever the names, stays one level below or is refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (id, part) => {
        let path: string;
        try {
          path = partPath(fc.sample(fc.constantFrom(id, ID), 1)[0] ?? ID, part);
        } catch {
          return;
        }
        expect(path).toBe(`${ID}/${part}`);
        expect(part).not.toMatch(/\/|\.\./);
      }),
    );
  });
});
