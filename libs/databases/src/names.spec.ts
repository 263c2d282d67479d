import { AppError } from '@saasodoo/kernel';
import * as fc from 'fast-check';
import { checkPassword, quotedName, quotedOwnName } from './names';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('quotedName', () => {
  test.each(['shop', 'shop-2', '2nd', 'odoo_0123456789abcdef0123456789abcdef', 'x'.repeat(63), 'select'])(
    'quotes %s',
    (name) => expect(quotedName(name)).toBe(`"${name}"`),
  );

  test.each(['', '-shop', 'Shop', 'a b', 'a"b', "a'b", 'a;b', 'a\0b', 'ä', 'x'.repeat(64), 'shop\n'])(
    'refuses %j',
    (name) => expect(codeOf(() => quotedName(name))).toBe('database.name_malformed'),
  );

  test('never lets a text out of its quotes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9_";'\\-]{1,70}$/)), (text) => {
        if (codeOf(() => quotedName(text)) === 'accepted')
          expect(quotedName(text)).toMatch(/^"[a-z0-9_-]{1,63}"$/);
        else expect(text).not.toMatch(/^[a-z0-9_][a-z0-9_-]{0,62}$/);
      }),
    );
  });
});

describe('quotedOwnName', () => {
  test.each(['postgres', 'template0', 'template1', 'pg_monitor', 'public', 'none'])(
    'keeps away from %s',
    (name) => expect(codeOf(() => quotedOwnName(name))).toBe('database.name_reserved'),
  );

  test.each(['postgres-shop', 'template_14', 'publican'])('allows %s', (name) =>
    expect(quotedOwnName(name)).toBe(`"${name}"`),
  );
});

describe('checkPassword', () => {
  test('takes printable ASCII alone and never shows what it refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (password) => {
        const isUsable = /^[!-~]{8,256}$/.test(password) && !password.endsWith('\n');
        expect(codeOf(() => checkPassword(password))).toBe(
          isUsable ? 'accepted' : 'database.password_malformed',
        );
      }),
    );
    expect(() => checkPassword('geheim ä')).toThrow(expect.not.stringContaining('geheim') as string);
  });
});
