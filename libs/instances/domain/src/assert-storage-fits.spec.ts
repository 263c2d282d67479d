import { assertStorageFits } from './assert-storage-fits';

const MEBIBYTE = 1024 ** 2;

describe('assertStorageFits', () => {
  test.each([
    [{}, { storageUsedBytes: 500 * MEBIBYTE }],
    [{ storageBytes: 100 * MEBIBYTE }, {}],
    [{ storageBytes: 100 * MEBIBYTE }, { storageUsedBytes: 100 * MEBIBYTE }],
  ])('lets %j pass where %j', (wanted, known) => {
    expect(() => assertStorageFits(wanted, known)).not.toThrow();
  });

  test('refuses less than is used, with the figures', () => {
    const refused = () =>
      assertStorageFits({ storageBytes: 100 * MEBIBYTE }, { storageUsedBytes: 160 * MEBIBYTE - 1 });
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'storage.quota_below_usage',
        httpStatus: 409,
        message: '160M are used already, more than the 100M that are asked for',
      }) as Error,
    );
  });
});
