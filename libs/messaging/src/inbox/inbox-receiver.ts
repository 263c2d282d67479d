import { Logger } from '@nestjs/common';
import { backoff, crashPoint, systemClock } from '@saasodoo/kernel';
import { sqlState } from '@saasodoo/persistence';
import type { ConsumeMessage } from 'amqplib';
import type { InboxProcessor } from './inbox-processor';
import type { InboxRow } from './inbox-row';
import type { InboxStore } from './inbox-store';
import { type IncomingMessage, toIncomingMessage } from './incoming-message';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3_000;

/** Takes deliveries over into the inbox; when `take` resolves they are safe in PostgreSQL and may be acknowledged. */
export class InboxReceiver {
  private readonly logger = new Logger(InboxReceiver.name);

  constructor(
    private readonly store: InboxStore,
    private readonly processor: InboxProcessor,
  ) {}

  async take(deliveries: readonly ConsumeMessage[]): Promise<void> {
    const messages = deliveries.map(toIncomingMessage);
    const slots = this.processor.reserve(messages.length);
    let used = 0;
    try {
      const rows = await this.receive(messages, slots);
      crashPoint('inbox.received');
      for (const row of rows) this.processor.begin(row);
      used = rows.length;
    } finally {
      this.processor.release(slots - used);
    }
    if (slots < messages.length) this.processor.poke();
    for (const message of messages) this.reportDefect(message);
  }

  /** Resolves when PostgreSQL answers. */
  async ready(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.store.ping();
        return;
      } catch (error) {
        this.logger.warn(`waiting for PostgreSQL: ${error instanceof Error ? error.message : String(error)}`);
        await systemClock.sleep(backoff(attempt, FIRST_DELAY_MS, LONGEST_DELAY_MS), signal);
      }
    }
  }

  private async receive(messages: readonly IncomingMessage[], slots: number): Promise<InboxRow[]> {
    try {
      return await this.store.receive(messages, slots);
    } catch (error) {
      if (!isDataFault(error)) throw error;
    }
    // One of them is JSON that PostgreSQL cannot store, such as half a surrogate pair: find it, keep it as bytes.
    for (const message of messages) await this.receiveAlone(message);
    this.processor.poke();
    return [];
  }

  private async receiveAlone(message: IncomingMessage): Promise<void> {
    try {
      await this.store.receive([message], 0);
    } catch (error) {
      if (!isDataFault(error)) throw error;
      const defective = {
        ...message,
        type: '',
        subject: '',
        payload: undefined,
        headers: {},
        defect: error.message,
      };
      await this.store.receive([defective], 0);
      this.reportDefect(defective);
    }
  }

  private reportDefect({ messageId, type, defect }: IncomingMessage): void {
    if (defect !== undefined)
      this.logger.error(`parked in the inbox: ${type || 'untyped'} ${messageId}: ${defect}`);
  }
}

/** SQLSTATE class 22: the data is at fault, not the connection. */
function isDataFault(error: unknown): error is Error {
  return sqlState(error)?.startsWith('22') === true;
}
