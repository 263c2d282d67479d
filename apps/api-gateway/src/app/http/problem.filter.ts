import { STATUS_CODES } from 'node:http';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  NotFoundException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, type ErrorDescription } from './describe-error';
import { type Problem, PROBLEM_TYPE } from './problem';
import type { RouteTable } from './route-table';

/** Answers every error as RFC 9457; what is our fault goes to the log with its stack, and to the client without. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const description = this.describe(error, request, reply);
    if (description.status >= 500) this.logger.error(error);
    if (reply.sent || reply.raw.headersSent) return;
    addHeaders(error, description, reply);
    void reply
      .status(description.status)
      .header('content-type', PROBLEM_TYPE)
      .header('cache-control', 'no-store')
      .send(JSON.stringify(toProblem(description, request)));
  }

  private describe(error: unknown, request: FastifyRequest, reply: FastifyReply): ErrorDescription {
    if (!(error instanceof NotFoundException) || !request.is404) return describeError(error);
    const methods = this.routes.methodsOf(pathOf(request));
    if (methods.length === 0) return describeError(error);
    void reply.header('allow', methods.join(', '));
    const detail = `${request.method} is not possible here, only ${methods.join(', ')}`;
    return { status: 405, code: 'route.method', detail };
  }
}

function addHeaders(error: unknown, { status, facts }: ErrorDescription, reply: FastifyReply): void {
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  const retryAfter = facts?.['retry_after_seconds'];
  if (typeof retryAfter === 'number') void reply.header('retry-after', String(retryAfter));
  // After a body that was not read to its end the connection cannot be used again.
  if (error instanceof HttpException && status === 413) void reply.header('connection', 'close');
}

function toProblem({ status, ...rest }: ErrorDescription, request: FastifyRequest): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...rest,
    instance: pathOf(request),
    correlation_id: request.id,
  };
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
