import type { Channel } from 'amqplib';
import { AmqpConnection } from './amqp-connection';
import type { AmqpMessage } from './amqp-message';
import { amqpUrl } from './amqp-url';
import { ConfirmedPublisher } from './confirmed-publisher';
import { type ConsumerOptions, SupervisedConsumer } from './supervised-consumer';

export interface AmqpLinkOptions {
  /** `amqp://user[:password]@host:port/vhost` */
  readonly url: string;
  readonly password?: string;
  /** Name of the app, shown in the broker's list of connections. */
  readonly name: string;
  readonly confirmTimeoutMs?: number;
}

/**
 * The process's link to the broker: one connection publishes and another consumes, because the broker slows a
 * publishing connection down and would hold back its acknowledgements with it.
 */
export class AmqpLink {
  private readonly consumers = new Set<SupervisedConsumer>();
  private readonly publisher: ConfirmedPublisher;

  private constructor(
    private readonly publishing: AmqpConnection,
    private readonly consuming: AmqpConnection,
    confirmTimeoutMs?: number,
  ) {
    this.publisher = new ConfirmedPublisher(publishing, confirmTimeoutMs);
  }

  /** Does not wait for the broker: it connects in the background, and again whenever the connection breaks. */
  static async open({ url, password, name, confirmTimeoutMs }: AmqpLinkOptions): Promise<AmqpLink> {
    const completeUrl = amqpUrl(url, password);
    return new AmqpLink(
      await AmqpConnection.open(completeUrl, `${name}:publish`),
      await AmqpConnection.open(completeUrl, `${name}:consume`),
      confirmTimeoutMs,
    );
  }

  get connected(): boolean {
    return this.publishing.connected && this.consuming.connected;
  }

  /** Whether every consumer has its queue at this moment. */
  get allConsuming(): boolean {
    return [...this.consumers].every(({ consuming }) => consuming);
  }

  /**
   * Resolves once the message is confirmed and, when mandatory, routed.
   * Throws `messaging.unroutable`, `messaging.refused` or `messaging.broker_unavailable`.
   */
  publish(message: AmqpMessage): Promise<void> {
    return this.publisher.publish(message);
  }

  consume(options: ConsumerOptions): SupervisedConsumer {
    const consumer = new SupervisedConsumer(this.consuming, options);
    this.consumers.add(consumer);
    return consumer;
  }

  /** A bare channel on the consuming connection; the caller handles its errors and its end. */
  createChannel(): Promise<Channel> {
    return this.consuming.createChannel();
  }

  /** Drains the consumers, then closes both connections. */
  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    this.consumers.clear();
    await this.publisher.close();
    await Promise.all([this.publishing.close(), this.consuming.close()]);
  }
}
