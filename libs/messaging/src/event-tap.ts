import { Logger } from '@nestjs/common';
import { type EventContract, parsePayload } from '@saasodoo/contracts';
import { backoff, newId, systemClock } from '@saasodoo/kernel';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { AmqpLink } from './amqp/amqp-link';
import { toIncomingMessage } from './inbox/incoming-message';

export interface TappedEvent<P extends object> {
  readonly messageId: string;
  readonly subject: string;
  readonly payload: P;
}

type Listener = (message: ConsumeMessage) => void;

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3_000;
const MAX_WAITING = 10_000;

/**
 * News for this process alone, such as wake-ups of live streams: a queue that dies with the connection and no inbox.
 * Events may be missed; `onGap` says when, so that listeners read the facts from PostgreSQL again.
 */
export class EventTap {
  private readonly logger = new Logger(EventTap.name);
  private readonly queue: string;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly gapListeners = new Set<() => void>();
  private readonly stopping = new AbortController();
  private channel: Channel | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly link: AmqpLink,
    appName: string,
  ) {
    this.queue = `tap.${appName}.${newId()}`;
  }

  /** Whether news arrive at this moment. */
  get listening(): boolean {
    return this.channel !== undefined;
  }

  /** Calls `listener` for every event of the contract from now on; answers how to stop that. */
  on<P extends object>(contract: EventContract<P>, listener: (event: TappedEvent<P>) => void): () => void {
    const { type } = contract;
    const receive: Listener = (message) => {
      const { messageId, subject, payload } = toIncomingMessage(message);
      const plain: unknown = payload === undefined ? undefined : JSON.parse(payload);
      listener({ messageId, subject, payload: parsePayload(contract, plain, { unknownFields: 'drop' }) });
    };
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(receive));
    this.running ??= this.supervise();
    if (listeners.size === 1) this.bind(type);
    return () => void listeners.delete(receive);
  }

  /** Calls `listener` after every time that events may have been missed; answers how to stop that. */
  onGap(listener: () => void): () => void {
    this.gapListeners.add(listener);
    return () => void this.gapListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.channel?.close().catch(() => undefined);
    await this.running;
  }

  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.listenOnce(() => {
          failures = 0;
          for (const listener of this.gapListeners) listener();
        });
      } catch (error) {
        this.logger.warn(`the tap broke: ${error instanceof Error ? error.message : String(error)}`);
      }
      this.channel = undefined;
      failures += 1;
      await systemClock
        .sleep(backoff(failures, FIRST_DELAY_MS, LONGEST_DELAY_MS), signal)
        .catch(() => undefined);
    }
  }

  private async listenOnce(onListening: () => void): Promise<void> {
    const channel = await stoppable(this.link.createChannel(), this.stopping.signal);
    const closed = new Promise<void>((resolve, reject) => {
      channel.on('error', reject);
      channel.on('close', resolve);
    });
    const setUp = async (): Promise<void> => {
      await channel.assertQueue(this.queue, {
        exclusive: true,
        autoDelete: true,
        durable: false,
        arguments: { 'x-max-length': MAX_WAITING, 'x-overflow': 'drop-head' },
      });
      for (const type of this.listeners.keys()) await channel.bindQueue(this.queue, 'saasodoo.events', type);
      await channel.consume(this.queue, (message) => this.receive(channel, message), { noAck: true });
      this.channel = channel;
      onListening();
    };
    await Promise.all([closed, setUp()]);
  }

  private bind(type: string): void {
    this.channel?.bindQueue(this.queue, 'saasodoo.events', type).catch((error: unknown) => {
      this.logger.warn(
        `the tap on ${type} waits for the next connection: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  }

  private receive(channel: Channel, message: ConsumeMessage | null): void {
    if (message === null) {
      channel.close().catch(() => undefined);
      return;
    }
    for (const listener of this.listeners.get(message.fields.routingKey) ?? []) {
      try {
        listener(message);
      } catch (error) {
        this.logger.warn(
          `an event was not understood: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}

function stoppable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
  });
  return Promise.race([work, stopped]);
}
