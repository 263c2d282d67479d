/** Addresses in an IPv4 subnet (`10.20.0.0/22`) that containers can have: all but network, broadcast and gateway. */
export function usableAddresses(subnet: string): number {
  const prefix = Number(subnet.split('/')[1]);
  return Number.isInteger(prefix) && prefix <= 32 && !subnet.includes(':')
    ? Math.max(0, 2 ** (32 - prefix) - 3)
    : 0;
}
