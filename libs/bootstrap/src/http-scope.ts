import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { newId } from '@saasodoo/kernel';
import {
  type Metrics,
  nextTraceparent,
  OPERATIONAL_PATHS,
  type OperationalAnswer,
  type OperationalEndpoints,
  type OperationalPath,
  RequestContext,
} from '@saasodoo/observability';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

const CORRELATION_HEADER = 'x-correlation-id';
const ACCEPTABLE_ID = /^[\w.:-]{1,64}$/;
const OPERATIONAL: ReadonlySet<string> = new Set(OPERATIONAL_PATHS);
const scopes = new WeakMap<FastifyRequest, AsyncResource>();

/** The caller's correlation id when it is a sane one, else a new id. */
export function correlationIdOf(request: IncomingMessage): string {
  const given = request.headers[CORRELATION_HEADER];
  return typeof given === 'string' && ACCEPTABLE_ID.test(given) ? given : newId();
}

/** Runs every request in a `RequestContext`, and answers its correlation id. */
export function scopeRequests(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header(CORRELATION_HEADER, request.id);
    const parent = request.headers['traceparent'];
    const traceparent = nextTraceparent(typeof parent === 'string' ? parent : undefined);
    RequestContext.runWith({ correlationId: request.id, traceparent }, () => {
      scopes.set(request, new AsyncResource('HttpRequestScope'));
      done();
    });
  });
  // Reading the body leaves the context: its chunks arrive in the socket's.
  server.addHook('preValidation', (request, _reply, done) => {
    const scope = scopes.get(request);
    if (scope === undefined) done();
    else scope.runInAsyncScope(done);
  });
}

/** Measures every request under its route template, and logs it; what operators and orchestrators ask stays silent. */
export function recordRequests(server: FastifyInstance, metrics: Metrics, logger: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unmatched';
    const status = reply.statusCode;
    metrics.observeRequest(method, route, status, reply.elapsedTime / 1000);
    if (!OPERATIONAL.has(route)) {
      const level = status >= 500 ? 'error' : 'info';
      const durationMs = Math.round(reply.elapsedTime);
      logger[level](
        { method, route, path: pathOf(request), status, durationMs },
        `${method} ${route} ${status}`,
      );
    }
    done();
  });
}

/** Without its query, which may carry tokens. */
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** Serves `/healthz`, `/readyz` and `/metrics` beside Nest's routes, so that no guard or filter of the app is in their way. */
export function serveOperationalEndpoints(server: FastifyInstance, endpoints: OperationalEndpoints): void {
  for (const path of OPERATIONAL_PATHS) {
    server.get(path, async (request, reply) => {
      const answer = await endpoints.answer(path);
      const { status, contentType, body } = isFromOutside(request) ? forTheWorld(path, answer) : answer;
      return reply
        .status(status)
        .header('content-type', contentType)
        .header('cache-control', 'no-store')
        .send(body);
    });
  }
}

/** The edge says so of every request that it sends on, and lets nobody else say it. */
function isFromOutside({ headers }: FastifyRequest): boolean {
  return headers['x-forwarded-host'] !== undefined;
}

/** Names of parts, errors and numbers are for operators. */
function forTheWorld(path: OperationalPath, answer: OperationalAnswer): OperationalAnswer {
  switch (path) {
    case '/healthz':
      return answer;
    case '/readyz':
      return { ...answer, body: JSON.stringify({ ready: answer.status === 200 }) };
    case '/metrics':
      return { status: 404, contentType: 'application/json; charset=utf-8', body: '{}' };
  }
}
