import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { AppError, toErrorRecord } from '@saasodoo/kernel';
import type { FastifyReply } from 'fastify';

/** Answers what went wrong as the record it is; the gateway makes a problem of it. */
@Catch()
export class QueryErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(QueryErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(error);
    if (status >= 500) this.logger.error(error);
    void reply.status(status).send(toErrorRecord(error));
  }
}

function statusOf(error: unknown): number {
  if (error instanceof AppError) return error.retryable && error.httpStatus === 500 ? 503 : error.httpStatus;
  return error instanceof HttpException ? error.getStatus() : 500;
}
