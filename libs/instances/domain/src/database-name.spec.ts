import fc from 'fast-check';
import { DATABASE_NAME_MAX_LENGTH, normaliseDatabaseName, reservedDatabaseNames } from './database-name';
import { serviceName } from './instance-names';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const wellFormed = fc
  .string({
    unit: fc.constantFrom(...letters, ...letters.toUpperCase(), '-'),
    minLength: 1,
    maxLength: DATABASE_NAME_MAX_LENGTH,
  })
  .filter(
    (name) => !name.startsWith('-') && !name.endsWith('-') && !reservedDatabaseNames.has(name.toLowerCase()),
  );

function codeOf(text: string): string {
  try {
    return normaliseDatabaseName(text);
  } catch (error) {
    return (error as { code: string }).code;
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
        const answer = codeOf(text);
        const isLabel = /^[a-z0-9]([a-z0-9-]{0,47}[a-z0-9])?$/.test(answer);
        expect(isLabel || answer === 'database_name.malformed' || answer === 'database_name.reserved').toBe(
          true,
        );
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
    expect(codeOf(text)).toBe('database_name.malformed');
  });

  it.each([...reservedDatabaseNames, 'ADMIN', 'Postgres'])('refuses %s as reserved', (name) => {
    expect(codeOf(name)).toBe('database_name.reserved');
  });

  it('names the field and what to do', () => {
    expect(() => normaliseDatabaseName('-')).toThrow(
      expect.objectContaining({
        httpStatus: 422,
        retryable: false,
        facts: { field: 'database_name' },
        hint: expect.stringContaining('49'),
      }),
    );
  });
});
