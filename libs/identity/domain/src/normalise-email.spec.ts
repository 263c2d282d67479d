import { normaliseEmail } from './normalise-email';

describe('normaliseEmail', () => {
  it('knows a customer by any spelling of the address', () => {
    expect(normaliseEmail(' Ada.Lovelace@Example.COM ')).toBe('ada.lovelace@example.com');
  });
});
