import { assertWithinLimit } from './assert-within-limit';

const MEBIBYTE = 1024 ** 2;

describe('assertWithinLimit', () => {
  test('lets pass what has room to the last byte', () => {
    expect(() => assertWithinLimit({ bytes: MEBIBYTE }, { storageBytes: MEBIBYTE })).not.toThrow();
  });

  test('refuses what has none, with the figures', () => {
    expect(() => assertWithinLimit({ bytes: MEBIBYTE + 1 }, { storageBytes: MEBIBYTE })).toThrow(
      expect.objectContaining({
        code: 'backup.exceeds_limit',
        httpStatus: 409,
        message: 'the backup has 2M of files, and the instance may store 1M',
      }) as Error,
    );
  });
});
