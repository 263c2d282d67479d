import { retryDelay, wasUnreached } from './retry-policy';

describe('retryDelay', () => {
  it('tries three times more, within two seconds', () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelay(attempt, 0))).toEqual([150, 400, 900, undefined]);
    expect(retryDelay(1, 1_900)).toBeUndefined();
  });
});

describe('wasUnreached', () => {
  it('tells what never arrived from what may have arrived', () => {
    const failure = (code: string) => Object.assign(new Error(code), { code });
    expect(wasUnreached(failure('ENOTFOUND'))).toBe(true);
    expect(wasUnreached(failure('ECONNREFUSED'))).toBe(true);
    expect(wasUnreached(failure('ECONNRESET'))).toBe(false);
    expect(wasUnreached(new Error('no code'))).toBe(false);
  });
});
