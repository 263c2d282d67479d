import { AppError } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';
import { LoginFailures } from './login-failures';

const EMAIL = 'ada@example.com';
const WRONG = AppError.terminal('auth.wrong_credentials', 'they do not match', { httpStatus: 401 });

describe('LoginFailures', () => {
  let failures: LoginFailures;
  const logIn = (error?: Error, email = EMAIL): Promise<string> =>
    failures.guard(email, () => (error === undefined ? Promise.resolve('session') : Promise.reject(error)));
  const refusal = { code: 'auth.too_many_failures', httpStatus: 429 };

  beforeEach(() => {
    failures = new LoginFailures(Object.assign(new GatewayConfig(), { LOGIN_FAILURES_PER_MINUTE: 2 }));
  });
  afterEach(() => jest.restoreAllMocks());

  it('refuses an address after so many, also with the right password, and no other address', async () => {
    await expect(logIn(WRONG)).rejects.toBe(WRONG);
    await expect(logIn(WRONG)).rejects.toBe(WRONG);
    await expect(logIn()).rejects.toMatchObject(refusal);
    await expect(logIn(undefined, 'bob@example.com')).resolves.toBe('session');
  });

  it('gives no more tries to those who try at once', async () => {
    const tries = await Promise.allSettled([logIn(WRONG), logIn(WRONG), logIn(WRONG)]);
    expect(tries).toContainEqual({ status: 'rejected', reason: expect.objectContaining(refusal) as Error });
  });

  it('forgets them after a minute', async () => {
    await expect(logIn(WRONG)).rejects.toBe(WRONG);
    await expect(logIn(WRONG)).rejects.toBe(WRONG);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    await expect(logIn()).resolves.toBe('session');
  });

  it('counts neither success nor what is not the fault of the password', async () => {
    for (let count = 0; count < 5; count += 1) await expect(logIn()).resolves.toBe('session');
    const busy = new Error('busy');
    for (let count = 0; count < 5; count += 1) await expect(logIn(busy)).rejects.toBe(busy);
    await expect(logIn()).resolves.toBe('session');
  });
});
