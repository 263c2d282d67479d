import fc from 'fast-check';
import { parseHost } from './parse-host';

const BASE = 'example.com';
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const label = fc
  .tuple(
    fc.constantFrom(...alphabet),
    fc.string({ unit: fc.constantFrom(...alphabet, '-'), maxLength: 40 }),
    fc.constantFrom(...alphabet),
  )
  .map((parts) => parts.join(''))
  .filter((text) => text !== 'api' && text !== 'auth');
const anyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) =>
      [...text]
        .map((character, index) => (upper[index] === true ? character.toUpperCase() : character))
        .join(''),
    );

describe('parseHost', () => {
  it.each([
    ['api.example.com', { kind: 'gateway' }],
    ['AUTH.example.com:8000', { kind: 'gateway' }],
    ['acme.example.com', { kind: 'instance', databaseName: 'acme' }],
    ['Acme.Example.Com.:80', { kind: 'instance', databaseName: 'acme' }],
  ])('reads %s', (header, asked) => {
    expect(parseHost(header, BASE)).toEqual(asked);
  });

  it.each([
    undefined,
    '',
    'example.com',
    '.example.com',
    '..example.com',
    'a.b.example.com',
    'acmeexample.com',
    'acme.example.com.evil.org',
    'evil.org',
    'acme.example.com..',
    'acme.example.com:port',
    'acme.example.com:123456',
    'acme.example.com:80:80',
    '-acme.example.com',
    'acme-.example.com',
    'ac_me.example.com',
    'ac me.example.com',
    'acme@evil.example.com',
    'acme\u0000.example.com',
    'ａcme.example.com',
    '127.0.0.1',
    '[::1]:8000',
    `${'a'.repeat(64)}.example.com`,
    `${'a.'.repeat(200)}example.com`,
  ])('knows nobody called %j', (header) => {
    expect(parseHost(header, BASE)).toEqual({ kind: 'unknown' });
  });

  it('reads every label in any case, with any port and trailing dot', () => {
    const written = label.chain((name) =>
      fc.record({
        name: fc.constant(name),
        host: anyCase(`${name}.${BASE}`),
        dot: fc.constantFrom('', '.'),
        port: fc.oneof(
          fc.constant(''),
          fc.integer({ min: 1, max: 65_535 }).map((port) => `:${port}`),
        ),
      }),
    );
    fc.assert(
      fc.property(written, ({ name, host, dot, port }) => {
        expect(parseHost(`${host}${dot}${port}`, BASE)).toEqual({ kind: 'instance', databaseName: name });
      }),
    );
  });

  it('never throws, and never finds a name that is not a DNS label below the base domain', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 80 }).map((text) => `${text}.${BASE}`),
    );
    fc.assert(
      fc.property(hostile, (header) => {
        const asked = parseHost(header, BASE);
        if (asked.kind !== 'instance') return;
        expect(asked.databaseName).toMatch(/^[a-z0-9-]{1,63}$/);
        expect(header.toLowerCase().startsWith(`${asked.databaseName}.${BASE}`)).toBe(true);
      }),
    );
  });
});
