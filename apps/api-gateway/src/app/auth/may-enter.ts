import { type Actor, hasRole, type Role } from '@saasodoo/identity/domain';

/** What is known of a route before it is entered. */
export interface Entrance {
  readonly method: string;
  /** Its template: `/admin/customers/:id`. */
  readonly route: string;
  /** What `@RequireRole` says, if it is there. */
  readonly required: Role | undefined;
  /** Whether `@OwnSession` is there. */
  readonly isOwnSession: boolean;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const ADMIN_ROUTES = /^\/admin(?:\/|$)/;

/**
 * Closed by default: below `/admin` a route that names no role is for admins, and support changes nothing anywhere but its
 * own session, whatever the route forgot to say.
 */
export function mayEnter({ role }: Actor, entrance: Entrance): boolean {
  const { method, required, isOwnSession } = entrance;
  if (role === 'support' && !SAFE.has(method)) return required !== 'admin' && isOwnSession;
  return hasRole(role, leastRole(entrance));
}

/** The role that lets somebody in who may not enter. */
export function requiredRole(entrance: Entrance): Role {
  return SAFE.has(entrance.method) ? leastRole(entrance) : 'admin';
}

function leastRole({ required, route }: Entrance): Role {
  return required ?? (ADMIN_ROUTES.test(route) ? 'admin' : 'customer');
}
