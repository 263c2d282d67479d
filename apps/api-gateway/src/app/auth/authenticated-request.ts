import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyRequest } from 'fastify';

/** A request that has passed the guard; on a public route nobody has proved who they are. */
export interface AuthenticatedRequest extends FastifyRequest {
  actor?: Actor;
}
