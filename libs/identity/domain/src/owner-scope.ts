import { AppError } from '@saasodoo/kernel';
import type { Actor } from './actor';
import type { Role } from './role';

/** Whose instances and operations are meant; everybody's when no customer is named. Spread it into a filter. */
export interface OwnerScope {
  readonly customerId?: string;
}

/** Whose things an actor may look at: a customer their own, support and admin everybody's. Secrets are not meant. */
export function readScope({ customerId, role }: Actor): OwnerScope {
  return role === 'customer' ? { customerId } : {};
}

/**
 * Whose things an actor may change: a customer their own, an admin everybody's. Support changes nothing, which it is
 * told with 403: it can see the thing, so that there is none would be a lie. Throws `role.insufficient`.
 */
export function changeScope({ customerId, role }: Actor): OwnerScope {
  if (role === 'support') throw roleInsufficient('admin');
  return role === 'admin' ? {} : { customerId };
}

/** What is outside of a scope is not there: answer 404 for it. */
export function isInScope({ customerId }: OwnerScope, ownerId: string): boolean {
  return customerId === undefined || customerId === ownerId;
}

export function roleInsufficient(required: Role): AppError {
  return AppError.terminal('role.insufficient', `this needs the role ${required}`, {
    httpStatus: 403,
    hint: 'Ask an admin for the role; a changed role counts from the next POST /refresh or log-in.',
    facts: { required },
  });
}
