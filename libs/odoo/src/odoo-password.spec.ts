import { hashOdooPassword } from './odoo-password';

describe('hashOdooPassword', () => {
  it('is what passlib makes of the same password and salt', async () => {
    const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
    // pbkdf2_sha512.using(salt=bytes(range(16)), rounds=25000).hash("correct horse"), passlib 1.7.4
    expect(await hashOdooPassword('correct horse', salt)).toBe(
      '$pbkdf2-sha512$25000$AAECAwQFBgcICQoLDA0ODw$no0pQATH8VKOEmBWJw50YZrk2tmzRj9Ae6xEw1vLLehsKeOPWOMVonpc79bKsUZLnXvPrnJcFkEt9hwlEgxdKw',
    );
  });

  it('never makes the same hash twice', async () => {
    expect(await hashOdooPassword('same')).not.toBe(await hashOdooPassword('same'));
  });
});
