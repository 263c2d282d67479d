import { ConcurrencyLimit } from './concurrency-limit';
import { Passwords } from './passwords';

const passwords = new Passwords();

describe('Passwords', () => {
  it('knows a password by its hash, and no other', async () => {
    const stored = await passwords.hash('Test123!');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    await expect(passwords.verify('Test123!', stored)).resolves.toBe(true);
    await expect(passwords.verify('Test123?', stored)).resolves.toBe(false);
  });

  it('salts', async () => {
    expect(await passwords.hash('Test123!')).not.toBe(await passwords.hash('Test123!'));
  });

  it('checks a hash made with other parameters, which it carries itself', async () => {
    // The argon2id test vector of the reference implementation: m=256, t=2, p=1, password and somesalt.
    const stored = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    await expect(passwords.verify('password', stored)).resolves.toBe(true);
  });

  it.each([undefined, '', 'plain', '$2b$10$abcdefghijklmnopqrstuv'])('knows nobody by %p', async (stored) => {
    await expect(passwords.verify('Test123!', stored)).resolves.toBe(false);
  });

  it('costs the same for nobody as for somebody, and holds no refusal against the next', async () => {
    const run = jest.spyOn(ConcurrencyLimit.prototype, 'run').mockRejectedValueOnce(new Error('busy'));
    const fresh = new Passwords();
    await expect(fresh.verify('Test123!', undefined)).rejects.toThrow('busy');
    await expect(fresh.verify('Test123!', undefined)).resolves.toBe(false);
    expect(run).toHaveBeenCalledTimes(2);
    run.mockRestore();
  });
});
