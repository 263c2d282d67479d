import type { ExecutionContext } from '@nestjs/common';
import type { Actor } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import type { AuthenticatedRequest } from './authenticated-request';

/** Who asks. Throws `auth.missing` on a public route, where nobody has proved it. */
export function actorOf(context: ExecutionContext): Actor {
  const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (actor !== undefined) return actor;
  throw AppError.terminal('auth.missing', 'a public route asked who its customer is');
}
