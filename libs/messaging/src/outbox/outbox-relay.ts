import { Logger } from '@nestjs/common';
import { backoff, crashPoint, systemClock } from '@saasodoo/kernel';
import { AdvisoryLock, type DatabaseSession } from '@saasodoo/persistence';
import type { DataSource } from 'typeorm';
import type { AmqpMessage } from '../amqp/amqp-message';
import { isMessageFault } from '../amqp/publish-failure';
import type { MessagingMetrics } from '../messaging-metrics';
import { WakeUp } from '../wake-up';
import { type OutboxRow, toAmqpMessage } from './outbox-row';
import { OUTBOX_CHANNEL } from './outbox-signal';
import { OutboxStore } from './outbox-store';
import { PublishWindow } from './publish-window';
import { RedeliverySweep } from './redelivery-sweep';

export interface RelayOptions {
  readonly dataSource: DataSource;
  readonly publisher: { publish(message: AmqpMessage): Promise<void> };
  readonly metrics: MessagingMetrics;
  /** Messages selected, and moved to the archive, together. */
  readonly batchSize?: number;
  /** Messages that may be unconfirmed at once. */
  readonly window?: number;
  readonly pollMs?: number;
  /** A message without an inbox row of its consumer is sent again after this time. */
  readonly resendAfterMs?: number;
  readonly sweepEveryMs?: number;
}

interface Sent {
  readonly confirmed: readonly OutboxRow[];
  readonly faulty: readonly { row: OutboxRow; error: Error }[];
  /** Why the rest stays where it is. */
  readonly unavailable: Error | undefined;
}

const BATCH_SIZE = 250;
const WINDOW = 100;
const POLL_MS = 500;
const PARK_AFTER_ATTEMPTS = 5;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
const RECOVERY_FIRST_DELAY_MS = 100;
const RECOVERY_LONGEST_DELAY_MS = 3_000;

/**
 * Publishes the outbox. Every process that runs one competes for the same lock, so one of them leads; another takes
 * over when it dies. A message leaves the outbox only after the broker confirmed it, so a crash can double it and
 * never lose it.
 */
export class OutboxRelay {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly store: OutboxStore;
  private readonly sweep: RedeliverySweep;
  private readonly window: PublishWindow;
  private readonly news = new WakeUp();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private lock: AdvisoryLock | undefined;

  constructor(private readonly options: RelayOptions) {
    this.store = new OutboxStore(options.dataSource);
    this.sweep = new RedeliverySweep(options);
    this.window = new PublishWindow(options.window ?? WINDOW);
  }

  get leading(): boolean {
    return this.lock !== undefined && !this.lock.lost.aborted;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** The outbox has news. */
  poke(): void {
    this.news.poke();
  }

  /** Finishes the batch at hand and hands the lead over. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        this.lock ??= await AdvisoryLock.acquire(this.options.dataSource, 'saasodoo.outbox.relay', {
          signal,
        });
        await this.lead(this.lock, () => (failures = 0));
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        this.logger.warn(
          `relaying stopped, trying again: ${error instanceof Error ? error.message : String(error)}`,
        );
        // With its connection: what went wrong may be the connection itself, fallen silent; and each has one listener.
        await this.lock?.release().catch(() => undefined);
        this.lock = undefined;
        const delay = backoff(failures, RECOVERY_FIRST_DELAY_MS, RECOVERY_LONGEST_DELAY_MS);
        await systemClock.sleep(delay, signal).catch(() => undefined);
      }
    }
    await this.lock?.release();
    this.lock = undefined;
  }

  private async lead(lock: AdvisoryLock, onProgress: () => void): Promise<void> {
    await lock.session.listen(OUTBOX_CHANNEL, () => this.poke());
    const until = AbortSignal.any([this.stopping.signal, lock.lost]);
    while (!this.stopping.signal.aborted) {
      await this.drain(lock.session);
      await this.sweep.runIfDue(lock.session);
      onProgress();
      await this.news.wait(this.options.pollMs ?? POLL_MS, until);
    }
  }

  /** Sends everything that is due, pass after pass until one finds nothing. */
  private async drain(session: DatabaseSession): Promise<void> {
    let found = true;
    while (found && !this.stopping.signal.aborted) found = await this.pass(session);
  }

  /**
   * One pass over the outbox; answers whether there was anything. While a batch is on its way to the broker and then to
   * the archive, the next is selected and follows it closely. Ids only order one pass: they become visible out of
   * order, so what was skipped is found by the pass that follows.
   */
  private async pass(session: DatabaseSession): Promise<boolean> {
    const limit = this.options.batchSize ?? BATCH_SIZE;
    let rows = await this.store.select(session, '0', limit);
    if (rows.length === 0) return false;
    let before: Promise<Error | undefined> = Promise.resolve(undefined);
    let failure: Error | undefined;
    while (rows.length > 0 && failure === undefined && !this.stopping.signal.aborted) {
      crashPoint('relay.selected');
      const current = this.deliver(rows);
      [rows, failure] = await Promise.all([this.store.select(session, lastId(rows), limit), before]);
      before = current;
    }
    const lastFailure = await before;
    failure ??= lastFailure;
    if (failure !== undefined) throw failure;
    return true;
  }

  /** Publishes a batch and moves it away. Answers why it had to stop instead of throwing, since nobody may listen yet. */
  private async deliver(rows: readonly OutboxRow[]): Promise<Error | undefined> {
    try {
      const sent = await this.publish(rows);
      await this.settle(sent);
      return sent.unavailable;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  private async publish(rows: readonly OutboxRow[]): Promise<Sent> {
    const confirmed: OutboxRow[] = [];
    const faulty: { row: OutboxRow; error: Error }[] = [];
    let unavailable: Error | undefined;
    const send = async (row: OutboxRow): Promise<void> => {
      if (unavailable !== undefined) return;
      try {
        await this.options.publisher.publish(toAmqpMessage(row));
        crashPoint('relay.published');
        confirmed.push(row);
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (isMessageFault(error)) faulty.push({ row, error });
        else unavailable = error;
      }
    };
    await Promise.all(rows.map((row) => this.window.through(() => send(row))));
    return { confirmed, faulty, unavailable };
  }

  private async settle({ confirmed, faulty }: Sent): Promise<void> {
    if (confirmed.length > 0) {
      crashPoint('relay.confirmed');
      await this.store.archive(confirmed.map(({ id }) => id));
      crashPoint('relay.archived');
      this.options.metrics.published(confirmed.length);
    }
    for (const { row, error } of faulty) await this.fail(row, error);
  }

  private async fail(row: OutboxRow, error: Error): Promise<void> {
    this.options.metrics.publishFailed();
    if (row.attempts + 1 < PARK_AFTER_ATTEMPTS) {
      await this.store.postpone(
        row.id,
        error.message,
        backoff(row.attempts + 1, FIRST_DELAY_MS, LONGEST_DELAY_MS),
      );
      return;
    }
    await this.store.park(row.id, error.message);
    this.logger.error(`parked message ${row.message_id} (${row.type}) in outbox_parked: ${error.message}`);
  }
}

function lastId(rows: readonly OutboxRow[]): string {
  return rows.at(-1)?.id ?? '0';
}
