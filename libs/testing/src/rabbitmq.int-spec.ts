import { freshVhost, startRabbitMq } from './rabbitmq';

describe('freshVhost', () => {
  it('has the platform topology of its own', async () => {
    const { managementUrl } = await startRabbitMq();
    const vhost = await freshVhost();
    const { origin, username, password } = new URL(managementUrl);
    const response = await fetch(`${origin}/api/queues${new URL(vhost.url).pathname}`, {
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    });
    const queues = (await response.json()) as { name: string; type: string }[];
    await vhost.remove();
    expect(queues).toContainEqual(
      expect.objectContaining({ name: 'provisioner.instance.create', type: 'quorum' }),
    );
  });
});
