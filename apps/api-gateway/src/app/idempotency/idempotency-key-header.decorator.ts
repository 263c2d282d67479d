import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest } from '../http/invalid-request';

const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a request, if it has one. Throws `InvalidRequest` for a malformed one. */
export const IdempotencyKeyHeader = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | undefined => {
    return idempotencyKeyOf(context.switchToHttp().getRequest<FastifyRequest>());
  },
);

/** The same from the request itself. */
export function idempotencyKeyOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const key = headers[HEADER];
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key;
  throw InvalidRequest.field('Idempotency-Key', 'field.format', 'must be 1 to 255 visible ASCII characters');
}

/** Says in the API's description that a route takes an `Idempotency-Key`. */
export function ApiIdempotent(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Any 1 to 255 visible ASCII characters, such as a UUID. For 24 hours the same key with the same request ' +
        'answers what it answered first and changes nothing; with another request it answers 422.',
      schema: { type: 'string', maxLength: 255 },
    }),
  );
}
