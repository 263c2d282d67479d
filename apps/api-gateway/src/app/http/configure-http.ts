import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { FieldsPipe } from './fields.pipe';
import { ProblemFilter } from './problem.filter';
import { RouteTable } from './route-table';

/** How this API reads requests and answers errors. Call it before the app listens. */
export function configureHttp(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const routes = new RouteTable();
  routes.watch(server);
  server.addHook('onRequest', (request, _reply, done) => {
    done(isReadable(request) ? undefined : new UnsupportedMediaTypeException());
  });
  app.useGlobalFilters(new ProblemFilter(routes));
  app.useGlobalPipes(new FieldsPipe());
}

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** Nothing to read, or JSON. */
function isReadable({ headers, is404 }: FastifyRequest): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return is404 || !hasBody || JSON_TYPE.test(headers['content-type'] ?? '');
}
