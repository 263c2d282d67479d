import { requestFingerprint } from './request-fingerprint';

const key = Buffer.alloc(32, 1);
const of = (request: object, operation = 'create', secret = key): string =>
  requestFingerprint(secret, operation, request).toString('hex');

describe('requestFingerprint', () => {
  it('does not depend on the order of fields, nor on those that are absent', () => {
    expect(of({ a: 1, b: 'x' })).toBe(of({ b: 'x', c: undefined, a: 1 }));
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: '1' }],
    [{ a: 'x' }, { b: 'x' }],
    [
      { a: 'xb', b: '' },
      { a: 'x', b: 'b' },
    ],
    [{}, { a: null }],
  ])('tells %j from %j', (one, other) => expect(of(one)).not.toBe(of(other)));

  it('tells one operation from another', () => {
    expect(of({}, 'terminate:1')).not.toBe(of({}, 'terminate:2'));
  });

  it('cannot be computed without the key', () => {
    expect(of({ password: 'Test123!' })).not.toBe(
      of({ password: 'Test123!' }, 'create', Buffer.alloc(32, 2)),
    );
  });
});
