import { AppError } from '@saasodoo/kernel';
import { translateServerError } from './server-error';

const withCode = (code: string) => Object.assign(new Error('told by the server'), { code });

describe('translateServerError', () => {
  test.each([
    ['ECONNREFUSED', 'database_server.unreachable'],
    ['EAI_AGAIN', 'database_server.unreachable'],
    ['08006', 'database_server.unreachable'],
    ['57P03', 'database_server.unreachable'],
    ['53300', 'database_server.unreachable'],
    ['28P01', 'database_server.login_refused'],
    ['57014', 'database_server.too_slow'],
  ])('%s is %s, and worth trying again', (given, code) => {
    const translated = translateServerError(withCode(given), 'tenants-1');
    expect(translated).toMatchObject({ code, retryable: true, hint: expect.any(String) as string });
    expect((translated as AppError).message).toContain('tenants-1');
  });

  test.each([
    'Connection terminated unexpectedly',
    'timeout expired',
    'timeout exceeded when trying to connect',
  ])('knows what pg says without a code: %s', (text) =>
    expect(translateServerError(new Error(text), 'tenants-1')).toMatchObject({
      code: 'database_server.unreachable',
    }),
  );

  test.each([withCode('42P01'), new Error('a bug'), AppError.terminal('some.code', 'ours'), 'a text'])(
    'leaves %s as it is',
    (error) => expect(translateServerError(error, 'tenants-1')).toBe(error),
  );
});
