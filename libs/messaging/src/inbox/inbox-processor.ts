import { Logger } from '@nestjs/common';
import { AppError, backoff, crashPoint, isRetryable } from '@saasodoo/kernel';
import { runInTransaction } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import type { HandleOutcome, MessagingMetrics } from '../messaging-metrics';
import type { Outbox } from '../outbox/outbox';
import { MessageContext } from '../transport/message-context';
import { WakeUp } from '../wake-up';
import type { InboxRow } from './inbox-row';
import type { InboxStore } from './inbox-store';

export interface ProcessorOptions {
  readonly dataSource: DataSource;
  readonly store: InboxStore;
  readonly outbox: Outbox;
  readonly metrics: MessagingMetrics;
  /** Runs the handlers of a message inside the transaction of `context.em`. */
  readonly dispatch: (row: InboxRow, context: MessageContext) => Promise<void>;
  /** Handlers that run at once; each holds a connection of the pool. */
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly pollMs: number;
}

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 300_000;

/**
 * Handles leased inbox rows: the handler's effects, its outgoing messages and the row's `done` are one transaction.
 * Retries and their delays live in the rows, so they survive any process.
 */
export class InboxProcessor {
  private readonly logger = new Logger(InboxProcessor.name);
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly news = new WakeUp();
  private reserved = 0;
  private polling: Promise<void> | undefined;

  constructor(private readonly options: ProcessorOptions) {}

  start(): void {
    this.polling ??= this.poll();
  }

  /** Promises up to `wanted` slots to the caller, who must hand each to `begin` or to `release`. */
  reserve(wanted: number): number {
    if (this.stopping.signal.aborted) return 0;
    const granted = Math.min(wanted, this.free());
    this.reserved += granted;
    return granted;
  }

  release(slots: number): void {
    this.reserved -= slots;
  }

  /** Handles `row` in a slot that was reserved for it; returns at once. */
  begin(row: InboxRow): void {
    this.reserved -= 1;
    const work = this.handle(row).finally(() => {
      this.running.delete(work);
      this.news.poke();
    });
    this.running.add(work);
  }

  /** There are rows that nobody has leased yet. */
  poke(): void {
    this.news.poke();
  }

  /** Starts nothing new and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.polling;
    await Promise.all(this.running);
  }

  private free(): number {
    return this.options.concurrency - this.reserved - this.running.size;
  }

  private async poll(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const slots = this.reserve(this.options.concurrency);
      const rows = await this.claim(slots);
      this.release(slots - rows.length);
      for (const row of rows) this.begin(row);
      // A full claim means that there may be more; the slots that end will poke.
      await this.news.wait(this.options.pollMs, signal);
    }
  }

  private async claim(slots: number): Promise<InboxRow[]> {
    if (slots === 0) return [];
    try {
      return await this.options.store.claim(slots);
    } catch (error) {
      this.logger.warn(`no messages could be claimed: ${describe(error)}`);
      return [];
    }
  }

  private async handle(row: InboxRow): Promise<void> {
    const startedAt = performance.now();
    let outcome: HandleOutcome;
    try {
      outcome = await this.attempt(row);
    } catch (error) {
      outcome = await this.fail(row, error);
    }
    this.options.metrics.handled(row.type, outcome, (performance.now() - startedAt) / 1000);
  }

  private async attempt(row: InboxRow): Promise<HandleOutcome> {
    const { dataSource, store, outbox, dispatch, maxAttempts } = this.options;
    if (row.attempts > maxAttempts) {
      throw AppError.terminal(
        'message.abandoned',
        `the process ended during each of ${maxAttempts} attempts`,
      );
    }
    const context = await runInTransaction(dataSource, async (em) => {
      if (!(await store.finish(em, row))) return undefined;
      const handling = new MessageContext(row, em);
      await dispatch(row, handling);
      crashPoint('inbox.handled');
      return handling;
    });
    if (context === undefined) return 'superseded';
    crashPoint('inbox.committed');
    outbox.wakeAfter(context.em);
    context.committed();
    return 'done';
  }

  private async fail(row: InboxRow, error: unknown): Promise<HandleOutcome> {
    const text = describe(error);
    const parked = !isRetryable(error) || row.attempts >= this.options.maxAttempts;
    try {
      if (parked) await this.options.store.park(row, text);
      else
        await this.options.store.postpone(row, text, backoff(row.attempts, FIRST_DELAY_MS, LONGEST_DELAY_MS));
    } catch (storeError) {
      this.logger.warn(
        `${row.type} ${row.message_id} is due again when its lease ends: ${describe(storeError)}`,
      );
    }
    const said = `${row.type} ${row.message_id}, attempt ${row.attempts}: ${text}`;
    if (parked) this.logger.error(`parked in the inbox: ${said}`);
    else this.logger.warn(`will be tried again: ${said}`);
    return parked ? 'parked' : 'retry';
  }
}

function describe(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
