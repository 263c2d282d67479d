import type { FastifyRequest } from 'fastify';

/** A request that has passed the guard. */
export interface AuthenticatedRequest extends FastifyRequest {
  customerId?: string;
}
