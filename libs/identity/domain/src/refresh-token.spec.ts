import { hashRefreshToken, newRefreshToken } from './refresh-token';

describe('newRefreshToken', () => {
  it('carries the hash of its own secret, and not the secret', () => {
    const token = newRefreshToken();
    expect(token.hash.equals(hashRefreshToken(token.secret))).toBe(true);
    expect(token.hash.toString('latin1')).not.toContain(token.secret);
  });

  it('is another one every time', () => {
    expect(newRefreshToken().secret).not.toBe(newRefreshToken().secret);
  });
});
