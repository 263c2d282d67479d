import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { FastifyReply } from 'fastify';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string | undefined;
}

/** Answers errors as `application/problem+json`; what nobody foresaw shows its details in the log alone. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = this.describe(error);
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(problem.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(problem);
  }

  private describe(error: unknown): Problem {
    if (error instanceof AppError) {
      return { status: error.httpStatus, code: error.code, detail: error.message, hint: error.hint };
    }
    if (error instanceof HttpException) {
      return { status: error.getStatus(), code: 'request.refused', detail: error.message };
    }
    this.logger.error(error);
    return { status: 500, code: 'internal', detail: 'something went wrong that nobody foresaw' };
  }
}
