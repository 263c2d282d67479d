import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { MonitorConfig } from '../app.config';

/** Lets in who shows the key; how long it takes to say no tells nothing about it. */
@Injectable()
export class MonitorKeyGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor({ MONITOR_KEY: key }: MonitorConfig) {
    this.expected = digest(`Bearer ${key}`);
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (timingSafeEqual(digest(headers.authorization ?? ''), this.expected)) return true;
    throw AppError.terminal('monitor.key_refused', 'the key of the monitor is missing or another one', {
      httpStatus: 401,
      hint: 'Gateway and monitor must be given the same MONITOR_KEY.',
    });
  }
}

/** Of one length, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
