import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { AppError } from '@saasodoo/kernel';

const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;

/** Tells who a client is, also behind proxies of ours (where TLS ends), whose X-Forwarded-For is believed. */
export class ClientAddresses {
  private readonly trusted = new BlockList();

  /** @param trustedProxies comma-separated addresses and CIDRs. Throws `config.invalid`. */
  constructor(trustedProxies: string) {
    const ranges = trustedProxies.split(',').map((range) => range.trim());
    for (const range of ranges.filter((text) => text !== '')) this.trust(range);
  }

  /** The nearest address that is none of our proxies; what stands further left in X-Forwarded-For anybody can write. */
  of({ socket, headers }: Pick<IncomingMessage, 'headers' | 'socket'>): string {
    let client = plain(socket.remoteAddress ?? '');
    const hops = String(headers['x-forwarded-for'] ?? '').split(',');
    while (this.isTrusted(client)) {
      const previous = plain(hops.pop()?.trim() ?? '');
      if (isIP(previous) === 0) break;
      client = previous;
    }
    return client;
  }

  private trust(range: string): void {
    const [address = '', bits, ...rest] = range.split('/');
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    if (version === 0 || rest.length > 0 || !(prefix <= most)) throw notARange(range);
    this.trusted.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }

  private isTrusted(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** A server on both protocols shows IPv4 clients in IPv6 writing. */
function plain(address: string): string {
  return address.replace(MAPPED_IPV4, '');
}

function notARange(range: string): AppError {
  return AppError.terminal(
    'config.invalid',
    `TRUSTED_PROXIES names '${range}', which is no address or CIDR`,
    {
      hint: 'Write addresses and ranges with commas between them: 10.0.0.0/8,192.168.7.1',
    },
  );
}
