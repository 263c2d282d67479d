import { AppError } from '@saasodoo/kernel';
import fc from 'fast-check';
import { DATABASE_NAME_MAX_LENGTH, normaliseDatabaseName, reservedDatabaseNames } from './database-name';
import { serviceName } from './instance-names';

const wellFormed = fc
  .string({
    unit: fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 })
      .filter((one) => /[A-Za-z0-9-]/.test(one)),
    minLength: 1,
    maxLength: DATABASE_NAME_MAX_LENGTH,
  })
  .filter(
    (name) => !name.startsWith('-') && !name.endsWith('-') && !reservedDatabaseNames.has(name.toLowerCase()),
  );

function refusalOf(text: string): AppError | undefined {
  try {
    normaliseDatabaseName(text);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe('normaliseDatabaseName', () => {
  it('answers well-formed names in lower case, and the same again for its own answer', () => {
    fc.assert(
      fc.property(wellFormed, (name) => {
        const normalised = normaliseDatabaseName(name);
        expect(normalised).toBe(name.toLowerCase());
        expect(normaliseDatabaseName(normalised)).toBe(normalised);
      }),
    );
  });

  it('makes service names that fit a DNS label', () => {
    fc.assert(
      fc.property(wellFormed, fc.uuid(), (name, id) => {
        expect(serviceName(normaliseDatabaseName(name), id)).toMatch(/^odoo-[a-z0-9-]{1,49}-[0-9a-f]{8}$/);
      }),
    );
  });

  it('answers a DNS label or refuses, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 70 })), (text) => {
        const code = refusalOf(text)?.code;
        if (code === undefined)
          expect(normaliseDatabaseName(text)).toMatch(/^[a-z0-9]([a-z0-9-]{0,47}[a-z0-9])?$/);
        else expect(['database_name.malformed', 'database_name.reserved']).toContain(code);
      }),
    );
  });

  it.each([
    '',
    '-a',
    'a-',
    'a_b',
    'a.b',
    'a b',
    'ä',
    'a\n',
    '\u212a',
    'a'.repeat(50),
    "a'; DROP TABLE instance",
  ])('refuses %j as malformed', (text) => {
    expect(refusalOf(text)?.code).toBe('database_name.malformed');
  });

  it.each([...reservedDatabaseNames, 'ADMIN', 'Postgres'])('refuses %s as reserved', (name) => {
    expect(refusalOf(name)?.code).toBe('database_name.reserved');
  });

  it('names the field and what to do', () => {
    const refused = refusalOf('-');
    expect(refused).toMatchObject({ httpStatus: 422, retryable: false, facts: { field: 'database_name' } });
    expect(refused?.hint).toContain('49');
  });
});
