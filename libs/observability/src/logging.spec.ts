import { AppError } from '@saasodoo/kernel';
import { createLogger } from './logging';
import { RequestContext } from './request-context';

describe('createLogger', () => {
  const lines: string[] = [];
  const logger = createLogger({
    name: 'probe',
    level: 'info',
    destination: { write: (line) => lines.push(line) },
  });
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;

  beforeEach(() => (lines.length = 0));

  it('writes JSON with the app, the level, the time and the message', () => {
    logger.info({ instanceId: '1' }, 'created');
    expect(last()).toMatchObject({ name: 'probe', level: 'info', instanceId: '1', message: 'created' });
    expect(Number.isNaN(Date.parse(String(last()['time'])))).toBe(false);
  });

  it('carries the correlation id, the trace and the actor of the request', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    RequestContext.runWith({ correlationId: 'c-1', traceparent, actor: 'customer:1' }, () =>
      logger.info('x'),
    );
    expect(last()).toMatchObject({
      correlationId: 'c-1',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      actor: 'customer:1',
    });
  });

  it.each([
    [{ password: 'hunter2' }],
    [{ admin_password: 'hunter2' }],
    [{ databasePassword: 'hunter2' }],
    [{ headers: { authorization: 'Bearer hunter2', 'set-cookie': ['sid=hunter2'] } }],
    [{ body: { nested: [{ refreshToken: 'hunter2' }] } }],
    [{ client_secret: { value: 'hunter2' } }],
    [{ ENCRYPTION_KEY: 'hunter2' }],
    [{ url: 'amqp://app:hunter2@rabbitmq:5672' }],
    [{ err: new Error('cannot reach postgres://app:hunter2@postgres/db') }],
    [{ err: AppError.terminal('x.y', 'no', { facts: { access_token: 'hunter2' } }) }],
    [Object.assign(new (class Login {})(), { password: 'hunter2' })],
  ])('never shows a secret: %j', (record) => {
    logger.info(record, 'connecting to postgres://app:hunter2@postgres');
    logger.child(record).info('child');
    expect(lines.join()).not.toContain('hunter2');
    expect(lines.join()).toContain('[redacted]');
  });

  it('keeps what explains an error', () => {
    const err = AppError.retryable('broker.away', 'RabbitMQ is away', {
      hint: 'Start it.',
      facts: { host: 'rabbitmq' },
    });
    logger.error({ err }, 'failed');
    expect(last()['err']).toMatchObject({
      code: 'broker.away',
      message: 'RabbitMQ is away',
      retryable: true,
      hint: 'Start it.',
      facts: { host: 'rabbitmq' },
    });
  });
});
