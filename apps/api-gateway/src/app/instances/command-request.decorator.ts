import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@saasodoo/identity/domain';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../auth/actor-of';
import { IdPipe } from '../http/id.pipe';
import { idempotencyKeyOf } from '../idempotency/idempotency-key-header.decorator';
import { parseDryRun } from './parse-dry-run';

/** What every command is told besides its body. */
export interface CommandRequest {
  /** Of the instance. */
  readonly id: string;
  readonly actor: Actor;
  readonly dryRun: boolean;
  readonly idempotencyKey: string | undefined;
}

type Routed = FastifyRequest<{
  Params: { readonly id: string };
  Querystring: Readonly<Record<string, unknown>>;
}>;

/** Reads path, query, header and token of a command. Throws `InvalidRequest`, `instance.not_found` for a malformed id. */
export const Command = createParamDecorator((_data: unknown, context: ExecutionContext): CommandRequest => {
  const request = context.switchToHttp().getRequest<Routed>();
  return {
    id: new IdPipe().transform(request.params.id),
    actor: actorOf(context),
    dryRun: parseDryRun(request.query),
    idempotencyKey: idempotencyKeyOf(request),
  };
});
