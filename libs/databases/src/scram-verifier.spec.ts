import { scramVerifier } from './scram-verifier';

describe('scramVerifier', () => {
  test('agrees with the example of RFC 7677', async () => {
    // The server signature of the RFC follows from this ServerKey, its client proof from this StoredKey.
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
    expect(await scramVerifier('pencil', salt, 4096)).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==' +
        '$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  test('salts every verifier anew', async () => {
    const [one, other] = [await scramVerifier('same'), await scramVerifier('same')];
    expect(one).not.toBe(other);
    expect(one).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
  });
});
