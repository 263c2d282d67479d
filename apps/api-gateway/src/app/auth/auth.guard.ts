import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Actor, type Role, roleInsufficient } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import { RequestContext } from '@saasodoo/observability';
import { Refusals } from '../audit/refusals';
import { AccessTokens } from './access-tokens';
import type { AuthenticatedRequest } from './authenticated-request';
import { type Entrance, mayEnter, requiredRole } from './may-enter';
import { IS_OWN_SESSION } from './own-session.decorator';
import { IS_PUBLIC } from './public.decorator';
import { REQUIRED_ROLE } from './require-role.decorator';

const BEARER = /^Bearer +(\S+)$/i;

/** Stands before every route; only `@Public()` opens one to everybody, and `@RequireRole()` one below `/admin`. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(Refusals) private readonly refusals: Refusals,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const says = (key: string) =>
      this.reflector.getAllAndOverride<boolean | undefined>(key, targets) === true;
    if (says(IS_PUBLIC)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const actor = { ...this.tokens.verify(bearerOf(request)), address: request.ip };
    RequestContext.identify(`${actor.role === 'customer' ? 'customer' : 'operator'}:${actor.customerId}`);
    request.actor = actor;
    const entrance = {
      method: request.method,
      route: request.routeOptions.url ?? '',
      required: this.reflector.getAllAndOverride<Role | undefined>(REQUIRED_ROLE, targets),
      isOwnSession: says(IS_OWN_SESSION),
    };
    return mayEnter(actor, entrance) || this.refuse(actor, request, entrance);
  }

  private async refuse(actor: Actor, request: AuthenticatedRequest, entrance: Entrance): Promise<never> {
    const error = roleInsufficient(requiredRole(entrance));
    await this.refusals.record(actor, request, error);
    throw error;
  }
}

function bearerOf({ headers }: AuthenticatedRequest): string {
  const token = BEARER.exec(headers.authorization ?? '')?.[1];
  if (token !== undefined) return token;
  throw AppError.terminal('auth.required', 'this needs an access token', {
    httpStatus: 401,
    hint: 'POST /login, then send Authorization: Bearer with its access_token.',
  });
}
