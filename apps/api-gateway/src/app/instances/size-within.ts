import { AppError, parseSize } from '@saasodoo/kernel';

export interface SizeRange {
  readonly least: string;
  readonly most: string;
}

/** What an instance may have. */
export const MEMORY: SizeRange = { least: '64M', most: '1T' };
export const STORAGE: SizeRange = { least: '100M', most: '64T' };

/** A size in bytes, such as `2G`, that lies in a range. Throws `size.malformed` or `size.out_of_range`. */
export function sizeWithin(text: string, { least, most }: SizeRange): number {
  const bytes = parseSize(text);
  if (bytes >= parseSize(least) && bytes <= parseSize(most)) return bytes;
  throw AppError.terminal('size.out_of_range', `'${text}' is not from ${least} to ${most}`);
}
