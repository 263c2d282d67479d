import { Health, Metrics, OperationalEndpoints } from '@saasodoo/observability';
import fastify from 'fastify';
import { serveOperationalEndpoints } from './http-scope';

/** What the edge always adds, and nobody inside. */
const FROM_OUTSIDE = { 'x-forwarded-host': 'api.localhost' };

describe('serveOperationalEndpoints', () => {
  const health = new Health();
  const server = fastify();
  serveOperationalEndpoints(server, new OperationalEndpoints(health, new Metrics()));
  const ask = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });

  it('tells operators everything', async () => {
    health.register('database', () => Promise.reject(new Error('10.0.0.7 refuses')));
    const ready = await ask('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ ready: false, checks: { database: '10.0.0.7 refuses' } });
    expect((await ask('/metrics')).statusCode).toBe(200);
  });

  it('tells the world whether it is ready, and nothing else', async () => {
    const ready = await ask('/readyz', FROM_OUTSIDE);
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ ready: false });
    const metrics = await ask('/metrics', FROM_OUTSIDE);
    expect(metrics.statusCode).toBe(404);
    expect(metrics.body).not.toContain('process_');
    expect((await ask('/healthz', FROM_OUTSIDE)).statusCode).toBe(200);
  });
});
