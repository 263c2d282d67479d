import fc from 'fast-check';
import { storageCondition, storageLevel } from './storage-level';

const GIBIBYTE = 1024 ** 3;

describe('storageLevel', () => {
  test.each([
    [0, 0],
    [0.79, 0],
    [0.8, 80],
    [0.89, 80],
    [0.9, 90],
    [0.99, 90],
    [0.99999, 100],
    [1, 100],
    [1.3, 100],
  ])('%d of the quota is at %d', (share, level) => {
    expect(storageLevel({ usedBytes: share * GIBIBYTE, quotaBytes: GIBIBYTE })).toBe(level);
  });

  test('never falls when more is used, and never rises when the quota does', () => {
    const bytes = fc.integer({ min: 1, max: 2 ** 46 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (one, other, quotaBytes) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const level = (usedBytes: number, of: number) => storageLevel({ usedBytes, quotaBytes: of });
        expect(level(less, quotaBytes)).toBeLessThanOrEqual(level(more, quotaBytes));
        expect(level(quotaBytes, more)).toBeLessThanOrEqual(level(quotaBytes, less));
      }),
    );
  });
});

describe('storageCondition', () => {
  test('says what is used of what, and what to do when nothing fits any more', () => {
    expect(storageCondition(100, { usedBytes: 10 * GIBIBYTE, quotaBytes: 10 * GIBIBYTE })).toMatchObject({
      type: 'storage',
      status: 'false',
      reason: 'Full',
      message: expect.stringMatching(/^10240M of 10G are used.*raise the storage limit/),
    });
    expect(storageCondition(0, { usedBytes: 0, quotaBytes: GIBIBYTE })).toEqual({
      type: 'storage',
      status: 'true',
      reason: 'Enough',
      message: '0M of 1G are used',
    });
  });
});
