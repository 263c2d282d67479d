import { newId } from '@saasodoo/kernel';
import fc from 'fast-check';
import { normaliseDatabaseName } from './database-name';
import { storageDirectoryName } from './instance-names';
import { isStagedName, stagedDatabaseName, stagedDirectoryName } from './staged-names';

describe('isStagedName', () => {
  it('knows what an operation prepares', () => {
    const id = newId();
    expect(isStagedName(stagedDatabaseName(id))).toBe(true);
    expect(isStagedName(stagedDirectoryName(storageDirectoryName('shop', id), id))).toBe(true);
  });

  it('never takes what a customer may call a database, or its directory, for one', () => {
    const wanted = fc
      .stringMatching(/^[A-Za-z0-9_-]{1,49}$/)
      .map((name) => `${name}_staged_${'a'.repeat(32)}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), wanted), (text) => {
        try {
          const name = normaliseDatabaseName(text);
          expect([isStagedName(name), isStagedName(storageDirectoryName(name, newId()))]).toEqual([
            false,
            false,
          ]);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^database_name\./) });
        }
      }),
    );
  });
});
