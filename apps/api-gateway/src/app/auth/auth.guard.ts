import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '@saasodoo/kernel';
import { RequestContext } from '@saasodoo/observability';
import { AccessTokens } from './access-tokens';
import type { AuthenticatedRequest } from './authenticated-request';
import { IS_PUBLIC } from './public.decorator';

const BEARER = /^Bearer +(\S+)$/i;

/** Stands before every route; only `@Public()` opens one. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets) === true) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    request.customerId = this.tokens.verify(bearerOf(request));
    RequestContext.identify(`customer:${request.customerId}`);
    return true;
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
