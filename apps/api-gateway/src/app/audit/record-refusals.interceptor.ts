import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, type Observable, throwError } from 'rxjs';
import { actorOf } from '../auth/actor-of';
import { Refusals } from './refusals';

/** For operators' routes: also a change that is refused is written down, before the refusal is answered. */
@Injectable()
export class RecordRefusals implements NestInterceptor {
  constructor(@Inject(Refusals) private readonly refusals: Refusals) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(
      catchError((error: unknown) => {
        const recorded = from(this.refusals.record(actorOf(context), request, error));
        return recorded.pipe(mergeMap(() => throwError(() => error)));
      }),
    );
  }
}
