import { AppError } from '@saasodoo/kernel';
import { assertStrongPassword } from './password-policy';

function codeOf(password: string): string | undefined {
  try {
    assertStrongPassword(password, 'Ada@Example.com');
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : 'not an AppError';
  }
}

describe('assertStrongPassword', () => {
  it.each(['Test123!', 'correct horse battery staple', 'Grüße-42', 'x'.repeat(3) + 'Yz12345'])(
    'accepts %p',
    (password) => expect(codeOf(password)).toBeUndefined(),
  );

  it.each([
    ['Aa1!', 'password.too_short'],
    [`Aa1!${'é'.repeat(125)}`, 'password.too_long'],
    ['password', 'password.too_simple'],
    ['12345678', 'password.too_simple'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'password.too_simple'],
    ['Aa1!Aa1!Aa1!', 'password.too_simple'],
    ['ada@example.COM', 'password.is_email'],
  ])('refuses %p with %s', (password, code) => expect(codeOf(password)).toBe(code));

  it('counts characters, not UTF-16 units', () => {
    expect(codeOf('Aa1!😀😀😀')).toBe('password.too_short');
  });
});
