import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

const TOO_LONG = 414;

/**
 * Answers an address that no router can read (`/%ZZ`), as RFC 9457 like every other refusal. Such a request has no
 * route, so that no hook, filter or log sees it; its correlation id is answered here.
 */
export function refuseAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode === TOO_LONG ? TOO_LONG : 400;
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    code: status === TOO_LONG ? 'request.too_large' : 'request.malformed',
    detail: status === TOO_LONG ? 'a part of the address is too long' : 'the address cannot be decoded',
    instance: request.url.split('?', 1)[0],
    correlation_id: request.id,
  };
  void reply
    .status(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-correlation-id', request.id)
    .send(JSON.stringify(problem));
}
