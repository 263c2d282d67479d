/** Who asks for a change, and with which `Idempotency-Key`. */
export interface ChangeRequest {
  readonly customerId: string;
  readonly idempotencyKey: string | undefined;
}
