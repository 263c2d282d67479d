import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { BackupsConfig } from '../backups/backups.config';

/** Lets in who shows the key; how long it takes to say no tells nothing about it. */
@Injectable()
export class BackupKeyGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor({ BACKUP_KEY: key }: BackupsConfig) {
    this.expected = digest(`Bearer ${key}`);
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (timingSafeEqual(digest(headers.authorization ?? ''), this.expected)) return true;
    throw AppError.terminal('backup.key_refused', 'the key for backups is missing or another one', {
      httpStatus: 401,
      hint: 'Gateway and lifecycle must be given the same BACKUP_KEY.',
    });
  }
}

/** Of one length, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
