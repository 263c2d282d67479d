import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { JanitorConfig } from '../app.config';

const BEARER = /^Bearer (\S+)$/;

/** Lets in whoever shows the key of the janitor; nobody can find it out by measuring how long a refusal takes. */
@Injectable()
export class JanitorKeyGuard implements CanActivate {
  private readonly key: Buffer;

  constructor(@Inject(JanitorConfig) { JANITOR_KEY }: JanitorConfig) {
    this.key = digest(JANITOR_KEY);
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const [, token = ''] = BEARER.exec(headers.authorization ?? '') ?? [];
    if (timingSafeEqual(digest(token), this.key)) return true;
    throw AppError.terminal('janitor.key_wrong', 'this needs the key of the janitor', {
      httpStatus: 401,
      hint: 'Send it as Authorization: Bearer {JANITOR_KEY}.',
    });
  }
}

/** Of equal length whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
