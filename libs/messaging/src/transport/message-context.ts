import type { EntityManager } from 'typeorm';
import { attribute } from '../cloud-event-headers';
import type { InboxRow } from '../inbox/inbox-row';
import type { OutboxMeta } from '../outbox/outbox';

/** What a handler knows about the message it handles. */
export class MessageContext {
  readonly messageId: string;
  readonly type: string;
  readonly subject: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly traceparent: string | undefined;
  /** 1 the first time. */
  readonly attempt: number;
  private readonly afterwards: (() => void)[] = [];

  constructor(
    { message_id, type, subject, headers, attempts }: InboxRow,
    /** The transaction that also marks the message handled; everything the handler writes goes through it. */
    readonly em: EntityManager,
  ) {
    this.messageId = message_id;
    this.type = type;
    this.subject = subject;
    this.correlationId = attribute(headers, 'correlationid') ?? message_id;
    this.causationId = attribute(headers, 'causationid');
    this.traceparent = attribute(headers, 'traceparent');
    this.attempt = attempts;
  }

  /** Meta data of a message that this one leads to. */
  outgoing(subject: string = this.subject): OutboxMeta {
    return {
      subject,
      correlationId: this.correlationId,
      causationId: this.messageId,
      traceparent: this.traceparent,
    };
  }

  /** Runs `action` once the transaction is committed; for wake-ups only, since a crash skips it. */
  afterCommit(action: () => void): void {
    this.afterwards.push(action);
  }

  /** The transaction is committed. */
  committed(): void {
    for (const action of this.afterwards) action();
  }
}
