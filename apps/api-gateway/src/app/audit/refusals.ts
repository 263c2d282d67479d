import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import type { Actor } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import type { FastifyRequest } from 'fastify';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const INTERNAL = 500;

/** Changes that somebody asked for and was refused: what they were not allowed to do, and what could not be done. */
@Injectable()
export class Refusals {
  constructor(@Inject(AuditLogRepository) private readonly audit: AuditLogRepository) {}

  /** Writes nothing for a request that changes nothing, and for an error of ours. */
  async record(actor: Actor, request: FastifyRequest, error: unknown): Promise<void> {
    if (SAFE.has(request.method) || !(error instanceof AppError) || error.httpStatus >= INTERNAL) return;
    const { method } = request;
    const route = request.routeOptions.url ?? '';
    await this.audit.recordAlone({
      actor,
      action: 'request.refused',
      subject: idOf(request.params) ?? route,
      after: { method, route },
      result: error.code,
    });
  }
}

/** Whatever the path has at the place of an id, as far as it can be stored. */
function idOf(params: unknown): string | undefined {
  const id: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, 'id') : undefined;
  return typeof id === 'string' ? id.replaceAll('\0', '').slice(0, 200) : undefined;
}
