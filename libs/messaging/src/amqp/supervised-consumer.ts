import { Logger } from '@nestjs/common';
import { backoff, systemClock } from '@saasodoo/kernel';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { AmqpConnection } from './amqp-connection';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3_000;
/** A quorum queue forgets acknowledgements sent just before the channel closes (rabbitmq-server#10327). */
const ACK_DRAIN_MS = 300;

export interface ConsumerOptions {
  readonly queue: string;
  readonly prefetch: number;
  readonly batchSize: number;
  /** Takes messages over durably; they are acknowledged when it resolves and stay in the queue when it rejects. */
  readonly onBatch: (messages: readonly ConsumeMessage[]) => Promise<void>;
  /** Resolves when messages can be taken over again; asked before every (re)start. */
  readonly ready: () => Promise<void>;
}

/** A consumer that comes back after a closed channel, a cancel by the broker, a failed set-up or a failed batch. */
export class SupervisedConsumer {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private session: ConsumerSession | undefined;
  private readonly running: Promise<void>;

  constructor(
    private readonly connection: AmqpConnection,
    private readonly options: ConsumerOptions,
  ) {
    this.logger = new Logger(`Consumer ${options.queue}`);
    this.running = this.supervise();
  }

  get consuming(): boolean {
    return this.session?.consuming === true;
  }

  /** Takes no new messages, finishes and acknowledges those at hand, then resolves. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.session?.drain();
    await this.running;
  }

  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      const reason = await this.consumeOnce(() => (failures = 0));
      if (signal.aborted) return;
      failures += 1;
      this.logger.warn(`stopped: ${reason}; starting again`);
      await systemClock
        .sleep(backoff(failures, FIRST_DELAY_MS, LONGEST_DELAY_MS), signal)
        .catch(() => undefined);
    }
  }

  /** Resolves with the reason when consuming ends, whatever ended it. */
  private async consumeOnce(onStarted: () => void): Promise<string> {
    try {
      await abortable(this.options.ready(), this.stopping.signal);
      const channel = await abortable(this.connection.createChannel(), this.stopping.signal);
      this.session = new ConsumerSession(channel, this.options);
      await this.session.start();
      onStarted();
      this.logger.log('consuming');
      return await this.session.ended;
    } catch (error) {
      await this.session?.abort();
      return explain(error, this.options.queue);
    } finally {
      this.session = undefined;
    }
  }
}

/** One channel's life: deliveries are buffered while a batch is being taken over, then go together. */
class ConsumerSession {
  readonly ended: Promise<string>;
  consuming = false;
  private end: (reason: string) => void = () => undefined;
  private open = true;
  private tag: string | undefined;
  private buffer: ConsumeMessage[] = [];
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly channel: Channel,
    private readonly options: ConsumerOptions,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    channel.on('error', (error) => this.closed(error.message));
    channel.on('close', () => this.closed('the channel closed'));
  }

  async start(): Promise<void> {
    await this.channel.prefetch(this.options.prefetch);
    const { consumerTag } = await this.channel.consume(this.options.queue, (message) =>
      this.onMessage(message),
    );
    this.tag = consumerTag;
    this.consuming = this.open;
  }

  async drain(): Promise<void> {
    if (this.open && this.tag !== undefined) await this.channel.cancel(this.tag).catch(() => undefined);
    await this.flushing;
    if (this.open) await systemClock.sleep(ACK_DRAIN_MS);
    await this.abort();
  }

  /** What is not acknowledged goes back to the queue. */
  async abort(): Promise<void> {
    if (this.open) await this.channel.close().catch(() => undefined);
    this.closed('stopped');
  }

  private onMessage(message: ConsumeMessage | null): void {
    if (message === null) {
      this.closed('the broker cancelled the consumer, its queue is gone');
      this.channel.close().catch(() => undefined);
      return;
    }
    this.buffer.push(message);
    this.flushing ??= this.flush().finally(() => (this.flushing = undefined));
  }

  private async flush(): Promise<void> {
    while (this.open && this.buffer.length > 0) {
      const batch = this.buffer.splice(0, this.options.batchSize);
      try {
        await this.options.onBatch(batch);
      } catch (error) {
        this.end(`messages cannot be taken over: ${error instanceof Error ? error.message : String(error)}`);
        await this.abort();
        return;
      }
      // Batches are taken in order of delivery, so acknowledging the last one covers them all.
      const last = batch.at(-1);
      if (this.open && last !== undefined) this.channel.ack(last, true);
    }
  }

  private closed(reason: string): void {
    this.open = false;
    this.consuming = false;
    this.buffer = [];
    this.end(reason);
  }
}

function explain(error: unknown, queue: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.includes('NOT_FOUND')
    ? `the broker has no queue ${queue}: load infrastructure/rabbitmq/definitions.json into it`
    : reason;
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('stopped'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
