import { amqpUrl } from './amqp-url';

describe('amqpUrl', () => {
  it('adds the heartbeat, which amqplib reads from nowhere else', () => {
    expect(amqpUrl('amqp://user:given@host:5672/vhost')).toBe(
      'amqp://user:given@host:5672/vhost?heartbeat=10',
    );
    expect(amqpUrl('amqp://user@host?heartbeat=3')).toBe('amqp://user@host?heartbeat=3');
  });

  it('escapes a password that it fills in, and keeps one that is there', () => {
    expect(amqpUrl('amqp://user@host', 'a/b@c')).toContain('user:a%2Fb%40c@host');
    expect(amqpUrl('amqp://user:given@host', 'other')).toContain('user:given@host');
  });
});
