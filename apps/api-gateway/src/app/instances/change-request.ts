import type { Actor } from '@saasodoo/identity/domain';

/** Who asks for a change, and with which `Idempotency-Key`. */
export interface ChangeRequest {
  readonly actor: Actor;
  readonly idempotencyKey: string | undefined;
}
