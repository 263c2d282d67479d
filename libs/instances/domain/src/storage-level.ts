import { formatSize } from '@saasodoo/kernel';
import type { ObservedCondition } from './condition';

/** Thresholds in percent that its customer is told of; 0 is below all of them. */
export type StorageLevel = 0 | 80 | 90 | 100;

export interface StorageFigures {
  readonly usedBytes: number;
  readonly quotaBytes: number;
}

const THRESHOLDS = [100, 90, 80] as const;
const REASONS = { 0: 'Enough', 80: 'GettingFull', 90: 'NearlyFull', 100: 'Full' } as const;
const ADVICE = {
  0: '',
  80: '',
  90: '. Raise the storage limit or remove files',
  100: '. Odoo can read and its database works, but no file can be written: raise the storage limit or remove files',
} as const;

const MEBIBYTE = 1024 ** 2;

/**
 * Rounded, because the last write that fits hardly ever ends at the limit itself: a directory that takes no more is full
 * at 99.9 percent. Pure.
 */
export function storageLevel({ usedBytes, quotaBytes }: StorageFigures): StorageLevel {
  const percent = Math.round((usedBytes / quotaBytes) * 100);
  return THRESHOLDS.find((threshold) => percent >= threshold) ?? 0;
}

/** What an instance shows of it; `false` when nothing more can be written. Pure. */
export function storageCondition(level: StorageLevel, figures: StorageFigures): ObservedCondition {
  const used = `${Math.round(figures.usedBytes / MEBIBYTE)}M`;
  return {
    type: 'storage',
    status: level === 100 ? 'false' : 'true',
    reason: REASONS[level],
    message: `${used} of ${formatSize(figures.quotaBytes)} are used${ADVICE[level]}`,
  };
}
