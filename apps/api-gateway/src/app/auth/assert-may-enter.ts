import { type Actor, hasRole, type Role, roleInsufficient } from '@saasodoo/identity/domain';

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
 * own session, whatever the route forgot to say. Throws `role.insufficient`.
 */
export function assertMayEnter({ role }: Actor, { method, route, required, isOwnSession }: Entrance): void {
  const least = required ?? (ADMIN_ROUTES.test(route) ? 'admin' : 'customer');
  if (!hasRole(role, least)) throw roleInsufficient(least);
  if (role === 'support' && !SAFE.has(method) && !isOwnSession) throw roleInsufficient('admin');
}
