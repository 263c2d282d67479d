import type { Actor } from '@saasodoo/identity/domain';
import { redact, RequestContext } from '@saasodoo/observability';
import { type Sql, sql } from '@saasodoo/persistence';

/** What was done, by whom and to what. */
export interface AuditEntry {
  /** Who did it; absent when nobody was proved (a failed log-in), or the platform did it by itself. */
  readonly actor?: Actor;
  /** Whose it is, who may read the entry then; the actor's own when absent, nobody's when there is no actor either. */
  readonly customerId?: string;
  /** `instance.stop`, `credentials.read`: a thing and a verb, never a value. */
  readonly action: string;
  /** Id of what it was done to. */
  readonly subject: string;
  /** The fields that change, as they were; fields with the name of a secret are stored without their value. */
  readonly before?: object;
  /** The same fields as they are now. */
  readonly after?: object;
  /** `done` when absent, else the code of the refusal. */
  readonly result?: string;
  /** Where it came from when there is no actor who says so. */
  readonly address?: string;
}

/** The entry as a write of its own, for whoever makes it part of a statement: see `writeTogether`. */
export function auditWrite({ actor, action, subject, before, after, ...entry }: AuditEntry): Sql {
  const { customerId = actor?.customerId, address = actor?.address, result = 'done' } = entry;
  const correlationId = RequestContext.current()?.correlationId;
  return sql`
    INSERT INTO audit_entry (customer_id, actor_id, actor_role, action, subject, before, after, correlation_id,
      address, result)
    VALUES (${customerId}, ${actor?.customerId}, ${actor?.role}, ${action}, ${subject}, ${toJson(before)},
      ${toJson(after)}, ${correlationId}, ${address}, ${result})`;
}

function toJson(fields: object | undefined): string | undefined {
  return fields === undefined ? undefined : JSON.stringify(redact(fields));
}
