import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { AppError, toErrorRecord } from '@saasodoo/kernel';
import type { FastifyReply } from 'fastify';

/** Answers what went wrong as the record it is; a download that has begun is cut off instead. */
@Catch()
export class DownloadErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(DownloadErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(error);
    if (status >= 500) this.logger.error(error);
    if (reply.sent) reply.raw.destroy();
    else void reply.status(status).send(toErrorRecord(error));
  }
}

function statusOf(error: unknown): number {
  if (error instanceof AppError) return error.httpStatus;
  return error instanceof HttpException ? error.getStatus() : 500;
}
