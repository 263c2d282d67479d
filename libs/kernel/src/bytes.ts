import { AppError } from './app-error';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
};

const SIZE = /^(\d{1,15})([KMGT]?)$/;

/** Reads a size as users write it (`512M`, `10G`, or plain bytes) into bytes. Throws `size.malformed`. */
export function parseSize(text: string): number {
  const match = SIZE.exec(text.trim().toUpperCase());
  const unit = UNITS[match?.[2] ?? ''];
  const bytes = match?.[1] === undefined || unit === undefined ? NaN : Number(match[1]) * unit;
  if (!Number.isSafeInteger(bytes) || bytes <= 0) {
    throw AppError.terminal('size.malformed', `'${text}' is not a size`, {
      hint: 'Write a positive whole number followed by K, M, G or T, such as 512M or 10G.',
      httpStatus: 422,
    });
  }
  return bytes;
}

/** Writes bytes with the largest unit that divides them: 10737418240 → `10G`. */
export function formatSize(bytes: number): string {
  const unit = ['T', 'G', 'M', 'K'].find((name) => bytes > 0 && bytes % (UNITS[name] ?? 1) === 0);
  return unit === undefined ? String(bytes) : `${bytes / (UNITS[unit] ?? 1)}${unit}`;
}
