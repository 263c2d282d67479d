import fc from 'fast-check';
import { join, normalize } from 'node:path';
import { assertImportable, filestorePath, type ZipEntryFacts } from './import-entries';

const LIMITS = { maxEntries: 100, maxUnpackedBytes: 1000 };
const file = (name: string, bytes = 1): ZipEntryFacts => ({ name, bytes, isDirectory: false, isPlain: true });
const BASE = [file('dump.sql', 10), file('manifest.json', 5)];

describe('assertImportable', () => {
  it('takes what Odoo makes, with or without entries for directories', () => {
    const directory = { ...file('filestore/ab/', 0), isDirectory: true };
    const entries = [
      ...BASE,
      directory,
      file('filestore/ab/abcd', 7),
      file('filestore/checklist/ab/abcd', 3),
    ];
    expect(assertImportable(entries, LIMITS)).toEqual({ dumpBytes: 10, files: 2, filesBytes: 10 });
    expect(assertImportable([...BASE, file('readme.txt')], LIMITS)).toMatchObject({ files: 0 });
  });

  it('whatever the names, each file stays below the filestore or the zip is refused', () => {
    const segment = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('..', '.', '', 'ab', '/', '\\', 'C:'),
    );
    const name = fc.array(segment, { maxLength: 6 }).map((segments) => ['filestore', ...segments].join('/'));
    fc.assert(
      fc.property(name, (wanted) => {
        const entry = { ...file(wanted), isDirectory: wanted.endsWith('/') };
        try {
          assertImportable([...BASE, entry], LIMITS);
        } catch (error) {
          expect(error).toMatchObject({ code: 'import.name_refused', httpStatus: 422 });
          return;
        }
        const path = filestorePath(entry);
        if (path === undefined) return;
        expect(normalize(join('/root', path))).toBe(`/root/${path}`);
      }),
    );
  });

  it('sums up what is unpacked', () => {
    expect(() => assertImportable([...BASE, file('filestore/a', 986)], LIMITS)).toThrow(
      expect.objectContaining({ code: 'import.unpacked_too_large' }),
    );
    expect(() => assertImportable([...BASE, file('filestore/a', 985)], LIMITS)).not.toThrow();
  });
});
