import { UnsupportedMediaTypeException } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { FieldsPipe } from './fields.pipe';
import { ProblemFilter } from './problem.filter';
import { RouteTable } from './route-table';
import { ZIP } from './zip-body';

/** How this API reads requests and answers errors. Call it before the app listens. */
export function configureHttp(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const routes = new RouteTable();
  routes.watch(server);
  server.addHook('onRequest', (request, _reply, done) => {
    done(isReadable(request) ? undefined : unreadable(request));
  });
  server.addContentTypeParser(ZIP, (_request, body, done) => done(null, body));
  app.useGlobalFilters(new ProblemFilter(routes));
  app.useGlobalPipes(new FieldsPipe());
}

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** Nothing to read, or what the route reads: JSON, but for the few that say so. */
function isReadable(request: FastifyRequest): boolean {
  const { headers, is404 } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const type = headers['content-type'] ?? '';
  return is404 || !hasBody || (readsZips(request) ? type === ZIP : JSON_TYPE.test(type));
}

function readsZips({ routeOptions: { config } }: FastifyRequest): boolean {
  return 'body' in config && config.body === ZIP;
}

function unreadable(request: FastifyRequest): Error {
  if (!readsZips(request)) return new UnsupportedMediaTypeException();
  return AppError.terminal('request.media_type', `the body must be a zip: Content-Type: ${ZIP}`, {
    httpStatus: 415,
  });
}
