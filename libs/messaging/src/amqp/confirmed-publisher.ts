import type { ConfirmChannel } from 'amqplib';
import type { AmqpConnection } from './amqp-connection';
import type { AmqpMessage } from './amqp-message';
import { brokerUnavailable, refused, unroutable } from './publish-failure';

const CONFIRM_TIMEOUT_MS = 10_000;

interface PublishChannel {
  readonly channel: ConfirmChannel;
  /** Reasons by message id: the broker returns a message before it confirms it. */
  readonly returned: Map<string, string>;
  open: boolean;
  /** What the broker said when it closed the channel. */
  closeReason: string;
}

/** Publishes with confirms over one channel, which it replaces when it breaks. */
export class ConfirmedPublisher {
  private current: Promise<PublishChannel> | undefined;

  constructor(
    private readonly connection: AmqpConnection,
    private readonly timeoutMs = CONFIRM_TIMEOUT_MS,
  ) {}

  /**
   * Resolves once the broker has confirmed the message and, when mandatory, a queue took it.
   * Throws `messaging.unroutable`, `messaging.refused` or `messaging.broker_unavailable`.
   */
  async publish(message: AmqpMessage): Promise<void> {
    const deadline = Date.now() + this.timeoutMs;
    const target = await this.channelWithin(this.timeoutMs);
    await this.confirmed(target, message, deadline - Date.now());
  }

  async close(): Promise<void> {
    const current = this.current;
    this.current = undefined;
    const target = await current?.catch(() => undefined);
    if (target?.open === true) await target.channel.close();
  }

  private confirmed(target: PublishChannel, message: AmqpMessage, withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.abandon(target);
        reject(brokerUnavailable(`nothing heard of ${message.type} for ${withinMs} ms`));
      }, withinMs);
      const settle = (error: unknown): void => {
        clearTimeout(timer);
        const reason = target.returned.get(message.messageId);
        target.returned.delete(message.messageId);
        if (reason !== undefined) reject(unroutable(message.type, message.exchange, reason));
        else if (error === null || error === undefined) resolve();
        else
          reject(target.open ? refused(message.type, error) : brokerUnavailable(target.closeReason, error));
      };
      try {
        target.channel.publish(
          message.exchange,
          message.routingKey,
          message.body,
          properties(message),
          settle,
        );
      } catch (error) {
        clearTimeout(timer);
        reject(target.open ? refused(message.type, error) : brokerUnavailable(target.closeReason, error));
      }
    });
  }

  private async channelWithin(milliseconds: number): Promise<PublishChannel> {
    this.current ??= this.open();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(brokerUnavailable('it cannot be reached')), milliseconds);
    });
    try {
      return await Promise.race([this.current, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async open(): Promise<PublishChannel> {
    try {
      const channel = await this.connection.createConfirmChannel();
      const target: PublishChannel = {
        channel,
        returned: new Map(),
        open: true,
        closeReason: 'the channel closed',
      };
      // Unheard, an error of the channel would close the whole connection; 'close' follows and is what counts.
      channel.on('error', (error) => {
        target.closeReason = error.message;
        this.drop(target);
      });
      // Ahead of amqplib's own listener, which fails all unconfirmed messages: that must not look like a refusal.
      channel.prependListener('close', () => this.drop(target));
      channel.on('return', ({ properties: { messageId }, fields }) => {
        target.returned.set(String(messageId), 'replyText' in fields ? String(fields.replyText) : 'returned');
      });
      return target;
    } catch (cause) {
      this.current = undefined;
      throw brokerUnavailable('no channel could be opened', cause);
    }
  }

  private drop(target: PublishChannel): void {
    if (!target.open) return;
    target.open = false;
    this.current = undefined;
  }

  /** A channel that swallowed a confirm is not trusted with another message. */
  private abandon(target: PublishChannel): void {
    if (!target.open) return;
    this.drop(target);
    target.channel.close().catch(() => undefined);
  }
}

function properties({ messageId, type, headers, mandatory }: AmqpMessage): object {
  return {
    messageId,
    type,
    headers,
    mandatory,
    persistent: true,
    contentType: 'application/json',
    timestamp: Math.floor(Date.now() / 1000),
  };
}
