import { Health } from './health';
import { Metrics } from './metrics';
import { OperationalEndpoints } from './operational-endpoints';

describe('OperationalEndpoints', () => {
  const health = new Health();
  const metrics = new Metrics();
  const endpoints = new OperationalEndpoints(health, metrics);

  it('is alive whatever its checks say', async () => {
    health.register('broker', () => Promise.reject(new Error('away')));
    await expect(endpoints.answer('/healthz')).resolves.toMatchObject({ status: 200 });
  });

  it('is not ready while a check fails, and says which and why, without passwords', async () => {
    health.register('database', () => undefined);
    health.register('broker', () => Promise.reject(new Error('connect amqp://a:hunter2@mq refused')));
    const { status, body } = await endpoints.answer('/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({
      ready: false,
      checks: { database: 'ok', broker: 'connect amqp://a:[redacted]@mq refused' },
    });
    health.register('broker', () => undefined);
    await expect(endpoints.answer('/readyz')).resolves.toMatchObject({ status: 200 });
  });

  it('exposes requests by route template, and what modules count', async () => {
    metrics.observeRequest('GET', '/instances/:id', 200, 0.01);
    metrics.counter({ name: 'saasodoo_probes_total', help: 'Probes.' }).inc();
    metrics.counter({ name: 'saasodoo_probes_total', help: 'Probes.' }).inc();
    const { body, contentType } = await endpoints.answer('/metrics');
    expect(contentType).toContain('text/plain');
    expect(body).toContain(
      'saasodoo_http_request_duration_seconds_count{method="GET",route="/instances/:id",status="200"} 1',
    );
    expect(body).toContain('saasodoo_probes_total 2');
    expect(body).toContain('process_resident_memory_bytes');
  });
});
