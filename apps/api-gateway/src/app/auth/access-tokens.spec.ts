import { randomBytes } from 'node:crypto';
import { newId } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';
import { AccessTokens } from './access-tokens';

function tokensWith(key: Buffer): AccessTokens {
  return new AccessTokens(Object.assign(new GatewayConfig(), { ACCESS_TOKEN_KEY: key.toString('base64') }));
}

const tokens = tokensWith(randomBytes(32));
const codeOf = (token: string, by = tokens): unknown => {
  try {
    return by.verify(token);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('AccessTokens', () => {
  it('answer whose they are', () => {
    const id = newId();
    expect(tokens.verify(tokens.issue(id))).toBe(id);
  });

  it('live for a quarter of an hour', () => {
    const token = tokens.issue(newId());
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 900_000);
    expect(codeOf(token)).toBe('auth.token_expired');
    clock.mockRestore();
  });

  it('are worth nothing with another key', () => {
    expect(codeOf(tokens.issue(newId()), tokensWith(randomBytes(32)))).toBe('auth.token_invalid');
  });

  it.each(['', 'a', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('are not %p', (token) => {
    expect(codeOf(token)).toBe('auth.token_invalid');
  });

  it('name a customer, and nothing else', () => {
    expect(codeOf(tokens.issue('admin'))).toBe('auth.token_invalid');
  });
});
