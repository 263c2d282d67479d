import { type MessageContract, parsePayload } from '@saasodoo/contracts';
import { newId } from '@saasodoo/kernel';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
import type { EntityManager } from 'typeorm';
import { toHeaders } from '../cloud-event-headers';
import type { OutboxSignal } from './outbox-signal';

export interface OutboxMeta {
  /** Id of what the message is about, mostly the instance. */
  readonly subject: string;
  /** Defaults to the message's own id: it begins a new story. */
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** Where messages are written, in the transaction of the change they tell of. */
export class Outbox {
  private readonly written = new WeakSet<EntityManager>();

  constructor(
    private readonly appName: string,
    private readonly signal: OutboxSignal,
  ) {}

  /**
   * Writes a message in the transaction of `em` and answers its id. It is sent after the commit, or never on rollback.
   * Throws `message.invalid_payload`.
   */
  async append<P extends object>(
    em: EntityManager,
    contract: MessageContract<P>,
    payload: NoInfer<P>,
    meta: OutboxMeta,
  ): Promise<string> {
    const id = newId();
    await runSql(em, this.compose(contract, payload, { ...meta, id }));
    this.written.add(em);
    return id;
  }

  /**
   * The same write for whoever makes it part of a statement of its own, and says so with `noteWritten`.
   * Throws `message.invalid_payload`.
   */
  compose<P extends object>(
    contract: MessageContract<P>,
    payload: NoInfer<P>,
    { id = newId(), ...meta }: OutboxMeta & { readonly id?: string },
  ): Sql {
    const body = parsePayload(contract, payload, { unknownFields: 'reject' });
    const headers = toHeaders({
      id,
      type: contract.type,
      source: `/saasodoo/${this.appName}`,
      subject: meta.subject,
      time: new Date().toISOString(),
      correlationid: meta.correlationId ?? id,
      ...(meta.causationId === undefined ? {} : { causationid: meta.causationId }),
      ...(meta.traceparent === undefined ? {} : { traceparent: meta.traceparent }),
    });
    return sql`
      INSERT INTO outbox (message_id, type, subject, exchange, routing_key, consumers, payload, headers)
      VALUES (${id}, ${contract.type}, ${meta.subject}, ${contract.exchange}, ${contract.routingKey},
        ${contract.consumers}, ${JSON.stringify(body)}, ${JSON.stringify(headers)})`;
  }

  /** What `compose` answered was written through `em`. */
  noteWritten(em: EntityManager): void {
    this.written.add(em);
  }

  /** Call after the commit: the relay sends at once instead of at its next poll. Cheap, never throws. */
  wake(): void {
    this.signal.wake();
  }

  /** Like `wake`, when anything was written through `em`. */
  wakeAfter(em: EntityManager): void {
    if (this.written.delete(em)) this.signal.wake();
  }
}
