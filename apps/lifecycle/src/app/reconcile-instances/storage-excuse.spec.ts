import type { ErrorRecord } from '@saasodoo/kernel';
import type { InstanceStorage } from '@saasodoo/storage';
import { StorageExcuse } from './storage-excuse';

const UNANSWERED: ErrorRecord = { code: 'ceph.unanswered', message: 'no answer' };

describe('StorageExcuse', () => {
  let trouble: ErrorRecord | undefined;
  let asked: number;
  let excuse: StorageExcuse;

  beforeEach(() => {
    jest.useFakeTimers();
    [trouble, asked] = [undefined, 0];
    const storage: Pick<InstanceStorage, 'trouble'> = {
      trouble: () => {
        asked += 1;
        return Promise.resolve(trouble);
      },
    };
    excuse = new StorageExcuse(storage as InstanceStorage);
  });

  afterEach(() => jest.useRealTimers());

  test('holds while the storage is in trouble and for some time after it, and no longer', async () => {
    trouble = UNANSWERED;
    expect(await excuse.for({ reason: 'NotAnswering' })).toBe('ceph.unanswered');
    trouble = undefined;
    expect(await excuse.for({ reason: 'CrashLooping' })).toBe('ceph.unanswered');
    jest.advanceTimersByTime(61_000);
    expect(await excuse.for({ reason: 'CrashLooping' })).toBeUndefined();
  });

  test('is none for what has nothing to do with it, which is not even asked', async () => {
    trouble = UNANSWERED;
    expect(await excuse.for({ reason: 'ServiceMissing' })).toBeUndefined();
    expect(asked).toBe(0);
  });
});
