import { SetMetadata } from '@nestjs/common';
import type { Role } from '@saasodoo/identity/domain';

export const REQUIRED_ROLE = 'saasodoo:required-role';

/**
 * Opens a route to a role and those above it: `support` lets admins in too. On a method it takes the place of the class's.
 * Others get 403 `role.insufficient`, not 404: the API's description is public, so there is nothing to hide, and the
 * refusal comes before anything is looked up. Below `/admin` a route without it is for admins.
 */
export const RequireRole = (role: Exclude<Role, 'customer'>): MethodDecorator & ClassDecorator =>
  SetMetadata(REQUIRED_ROLE, role);
