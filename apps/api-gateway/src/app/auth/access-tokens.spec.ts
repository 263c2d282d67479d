import { randomBytes } from 'node:crypto';
import type { Role } from '@saasodoo/identity/domain';
import { newId } from '@saasodoo/kernel';
import { JwtService } from '@nestjs/jwt';
import { GatewayConfig } from '../app.config';
import { AccessTokens } from './access-tokens';

function tokensWith(key: Buffer): AccessTokens {
  return new AccessTokens(Object.assign(new GatewayConfig(), { ACCESS_TOKEN_KEY: key.toString('base64') }));
}

const key = randomBytes(32);
const tokens = tokensWith(key);
const issue = (id = newId(), role: Role = 'customer') => tokens.issue({ id, role });

/** A token of ours by its signature, with other claims. */
function signed(claims: object): string {
  const jwt = new JwtService({ secret: key });
  return jwt.sign(claims, { issuer: 'saasodoo', audience: 'saasodoo-api', expiresIn: 60 });
}

const codeOf = (token: string, by = tokens): unknown => {
  try {
    return by.verify(token);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('AccessTokens', () => {
  it.each<Role>(['customer', 'support', 'admin'])('answer whose they are, and the role %s', (role) => {
    const id = newId();
    expect(tokens.verify(issue(id, role))).toEqual({ customerId: id, role, tokenId: expect.any(String) });
  });

  it('of a release that knew no roles are a customer’s', () => {
    const id = newId();
    expect(tokens.verify(signed({ sub: id }))).toEqual({ customerId: id, role: 'customer' });
  });

  it.each([{ role: 'root' }, { role: 7 }, { role: ['admin'] }, { role: null }])(
    'are worth nothing with %j',
    (claims) => {
      expect(codeOf(signed({ sub: newId(), ...claims }))).toBe('auth.token_invalid');
    },
  );

  it('live for a quarter of an hour', () => {
    const token = issue();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 900_000);
    expect(codeOf(token)).toBe('auth.token_expired');
    clock.mockRestore();
  });

  it('are worth nothing with another key', () => {
    expect(codeOf(issue(), tokensWith(randomBytes(32)))).toBe('auth.token_invalid');
  });

  it.each(['', 'a', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('are not %p', (token) => {
    expect(codeOf(token)).toBe('auth.token_invalid');
  });

  it('name a customer, and nothing else', () => {
    expect(codeOf(issue('admin'))).toBe('auth.token_invalid');
  });
});
