import { parseWait } from './parse-wait';

describe('parseWait', () => {
  it.each([
    [undefined, 0],
    ['0s', 0],
    ['30s', 30_000],
    ['60', 60_000],
  ])('reads %p as %d ms', (given, milliseconds) => expect(parseWait(given)).toBe(milliseconds));

  it.each(['', 's', '-1s', '61s', '1m', '1.5s', ['1s', '2s'], {}])('refuses %p', (given) => {
    expect(() => parseWait(given)).toThrow('must be 0s to 60s');
  });
});
