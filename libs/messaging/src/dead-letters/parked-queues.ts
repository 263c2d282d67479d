import { Logger } from '@nestjs/common';
import type { ContractRegistry } from '@saasodoo/contracts';
import { AppError, crashPoint } from '@saasodoo/kernel';
import { runSql, type Sql, sql, sqlState } from '@saasodoo/persistence';
import type { Channel } from 'amqplib';
import type { DataSource } from 'typeorm';
import type { AmqpLink } from '../amqp/amqp-link';
import { type ParkedQueueName, parkedQueues } from '../topology/queues';
import { type ParkedMessage, toParkedMessage } from './parked-message';

export interface ParkedQueueDepth {
  readonly queue: string;
  readonly messages: number;
}

/**
 * The broker's queues of messages that nobody could take. What is in them is brought into PostgreSQL, where it can be listed
 * and sent again: a message is acknowledged only when its row is committed, so a crash can double it and never lose it.
 */
export class ParkedQueues {
  private readonly logger = new Logger(ParkedQueues.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly link: AmqpLink,
    private readonly contracts: ContractRegistry,
  ) {}

  /** The queues that hold something. Throws `messaging.broker_unavailable`. */
  async depths(): Promise<ParkedQueueDepth[]> {
    const depths = await this.eachQueue(async (channel, { name }) => {
      const { messageCount } = await channel.checkQueue(name);
      return { queue: name, messages: messageCount };
    });
    return depths.filter(({ messages }) => messages > 0);
  }

  /**
   * Empties them into `broker_parked` and answers how many messages it took, not counting copies of what is kept elsewhere.
   * What arrives meanwhile waits for the next time. Throws `messaging.broker_unavailable`.
   */
  async collect(): Promise<number> {
    const counts = await this.eachQueue((channel, queue) => this.collectFrom(channel, queue));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async collectFrom(channel: Channel, queue: ParkedQueueName): Promise<number> {
    const { messageCount } = await channel.checkQueue(queue.name);
    let collected = 0;
    for (let taken = 0; taken < messageCount; taken += 1) {
      const message = await channel.get(queue.name);
      if (message === false) break;
      const parked = toParkedMessage(message, queue, this.contracts);
      if (await this.keep(parked, queue)) {
        collected += 1;
        this.logger.error(
          `parked by the broker: ${parked.type || 'untyped'} ${parked.messageId}: ${parked.reason}`,
        );
      }
      crashPoint('dead-letters.kept');
      channel.ack(message);
    }
    return collected;
  }

  /** Answers false for a copy of what the outbox, the archive or the inbox has: that one is taken care of there. */
  private async keep(message: ParkedMessage, queue: ParkedQueueName): Promise<boolean> {
    const { manager } = this.dataSource;
    try {
      return (await runSql(manager, insertion(message, queue))).length > 0;
    } catch (error) {
      // SQLSTATE class 22: JSON that PostgreSQL cannot store. Its bytes can be.
      if (sqlState(error)?.startsWith('22') !== true) throw error;
      const bare = { ...message, type: '', subject: '', payload: undefined, headers: {} };
      return (await runSql(manager, insertion(bare, queue))).length > 0;
    }
  }

  /** On a channel each: asking for a queue that is missing closes it, and messages at hand go back when it closes. */
  private async eachQueue<T>(work: (channel: Channel, queue: ParkedQueueName) => Promise<T>): Promise<T[]> {
    const answers: T[] = [];
    for (const queue of parkedQueues(this.contracts)) {
      if (!this.link.connected) throw brokerAway();
      const channel = await this.link.createChannel();
      const errors: Error[] = [];
      channel.on('error', (error) => errors.push(error));
      try {
        answers.push(await work(channel, queue));
        await channel.close();
      } catch (error) {
        if (isMissing(error)) continue;
        await channel.close().catch(() => undefined);
        throw error;
      }
    }
    return answers;
  }
}

function insertion(message: ParkedMessage, { name, app }: ParkedQueueName): Sql {
  const { messageId, type, subject, exchange, routingKey, consumers, payload, headers, raw, reason } =
    message;
  return sql`
    INSERT INTO broker_parked AS known (queue, message_id, type, subject, exchange, routing_key, consumers, payload,
      headers, raw, attempts, last_error)
    SELECT ${name}::text, ${messageId}::uuid, ${type}::text, ${subject}::text, ${exchange}::text, ${routingKey}::text,
      ${consumers}::text[], ${payload ?? null}::jsonb, ${JSON.stringify(headers)}::jsonb,
      ${payload === undefined ? raw : null}::bytea, 1, ${reason}::text
    WHERE NOT EXISTS (SELECT FROM inbox WHERE consumer = ${app ?? ''} AND message_id = ${messageId})
      AND (${app ?? null}::text IS NOT NULL OR NOT EXISTS (
        SELECT FROM outbox WHERE message_id = ${messageId}
        UNION ALL SELECT FROM outbox_archive WHERE message_id = ${messageId}))
    ON CONFLICT (queue, message_id) DO UPDATE SET attempts = known.attempts + 1, last_error = excluded.last_error
    RETURNING message_id`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.message.includes('NOT_FOUND');
}

function brokerAway(): AppError {
  return AppError.retryable('messaging.broker_unavailable', 'the broker cannot be reached', {
    httpStatus: 503,
    hint: 'Nothing is lost: parked messages stay in their queues until the broker answers.',
  });
}
