import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { JanitorConfig } from '../app.config';

const KEY_BYTES = 32;
const BEARER = /^Bearer (\S+)$/;

/** Lets in whoever shows the key of the janitor; nobody can find it out by measuring how long a refusal takes. */
@Injectable()
export class JanitorKeyGuard implements CanActivate {
  private readonly key: Buffer;

  /** Throws `janitor.key_malformed`. */
  constructor(@Inject(JanitorConfig) { JANITOR_KEY }: JanitorConfig) {
    if (Buffer.from(JANITOR_KEY, 'base64').length !== KEY_BYTES) {
      throw AppError.terminal('janitor.key_malformed', 'JANITOR_KEY must be 32 bytes in base64', {
        hint: 'Make one with: openssl rand -base64 32',
      });
    }
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
