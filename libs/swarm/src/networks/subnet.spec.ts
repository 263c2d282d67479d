import { usableAddresses } from './subnet';

describe('usableAddresses', () => {
  it.each([
    ['10.20.0.0/22', 1021],
    ['10.0.1.0/24', 253],
    ['10.0.1.0/31', 0],
    ['fd00::/64', 0],
    ['nonsense', 0],
  ])('counts %s as %i', (subnet, count) => {
    expect(usableAddresses(subnet)).toBe(count);
  });
});
