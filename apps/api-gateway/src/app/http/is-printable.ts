/** A control character, or half of a surrogate pair: neither can be stored or shown. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}
