import type { IncomingMessage } from 'node:http';
import { ClientAddresses } from './client-addresses';

const asked = (peer: string, forwardedFor?: string): Pick<IncomingMessage, 'headers' | 'socket'> =>
  ({
    socket: { remoteAddress: peer },
    headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
  }) as IncomingMessage;

describe('ClientAddresses', () => {
  const trusting = new ClientAddresses('10.0.0.0/8, 192.168.7.1,fd00::/8');

  it('believes nobody when nobody is trusted', () => {
    expect(new ClientAddresses('').of(asked('10.0.0.1', '6.6.6.6'))).toBe('10.0.0.1');
  });

  it.each([
    ['203.0.113.9', '6.6.6.6', '203.0.113.9'],
    ['10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['192.168.7.1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['fd00::1', '2001:db8::1', '2001:db8::1'],
    ['10.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', 'nonsense, 10.0.0.2', '10.0.0.2'],
    ['192.168.7.2', '203.0.113.9', '192.168.7.2'],
  ])('takes %s that forwards for %s as %s', (peer, forwardedFor, client) => {
    expect(trusting.of(asked(peer, forwardedFor))).toBe(client);
  });

  it.each(['10.0.0.0/33', 'proxy', '10.0.0.0/8/8', '10.0.0.0/x'])('refuses %s', (list) => {
    expect(() => new ClientAddresses(list)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
  });
});
