import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { idempotencyKeyOf } from '../idempotency/idempotency-key-header.decorator';
import type { ChangeRequest } from '../instances/change-request';
import { actorOf } from './actor-of';

/** Who asks for a change, and with which `Idempotency-Key`. Throws `InvalidRequest` for a malformed one. */
export const Change = createParamDecorator((_data: unknown, context: ExecutionContext): ChangeRequest => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { actor: actorOf(context), idempotencyKey: idempotencyKeyOf(request) };
});
