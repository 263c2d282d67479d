import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { type ContractRegistry, parsePayload } from '@saasodoo/contracts';
import { AppError } from '@saasodoo/kernel';
import { lastValueFrom } from 'rxjs';
import type { DataSource } from 'typeorm';
import type { AmqpLink } from '../amqp/amqp-link';
import type { SupervisedConsumer } from '../amqp/supervised-consumer';
import { InboxProcessor } from '../inbox/inbox-processor';
import { InboxReceiver } from '../inbox/inbox-receiver';
import type { InboxRow } from '../inbox/inbox-row';
import { InboxStore } from '../inbox/inbox-store';
import type { MessagingMetrics } from '../messaging-metrics';
import type { Outbox } from '../outbox/outbox';
import { queuesOf } from '../topology/queues';
import { assertHandlersComplete } from './assert-handlers-complete';
import type { MessageContext } from './message-context';

export interface TransportOptions {
  readonly appName: string;
  readonly contracts: ContractRegistry;
  readonly dataSource: DataSource;
  readonly link: AmqpLink;
  readonly outbox: Outbox;
  readonly metrics: MessagingMetrics;
  readonly concurrency?: number;
  readonly maxAttempts?: number;
  readonly leaseMs?: number;
  readonly pollMs?: number;
}

interface NamedHandler {
  readonly name: string;
  readonly run: MessageHandler;
}

const PREFETCH = 100;
const BATCH_SIZE = 50;
const CONCURRENCY = 8;
const MAX_ATTEMPTS = 8;
const LEASE_MS = 10_000;
const POLL_MS = 500;

/**
 * Nest's microservice server over our inbox: controllers, guards, pipes and interceptors work as ever, while messages
 * are taken over into PostgreSQL first and acknowledged within milliseconds.
 */
export class SaasodooTransport extends Server implements CustomTransportStrategy {
  private readonly handlers = new Map<string, NamedHandler[]>();
  private readonly processor: InboxProcessor;
  private readonly receiver: InboxReceiver;
  private readonly stopping = new AbortController();
  private consumers: SupervisedConsumer[] = [];

  constructor(private readonly options: TransportOptions) {
    super();
    const store = new InboxStore(options.dataSource, options.appName, options.leaseMs ?? LEASE_MS);
    this.processor = new InboxProcessor({
      dataSource: options.dataSource,
      store,
      outbox: options.outbox,
      metrics: options.metrics,
      dispatch: (row, context) => this.dispatch(row, context),
      concurrency: options.concurrency ?? CONCURRENCY,
      maxAttempts: options.maxAttempts ?? MAX_ATTEMPTS,
      pollMs: options.pollMs ?? POLL_MS,
    });
    this.receiver = new InboxReceiver(store, this.processor);
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    _isEventHandler?: boolean,
    extras?: Record<string, unknown>,
  ): void {
    const type = String(pattern);
    const name = typeof extras?.['handler'] === 'string' ? extras['handler'] : `a handler of ${type}`;
    this.handlers.set(type, [...(this.handlers.get(type) ?? []), { name, run: callback }]);
  }

  /** Does not wait for the broker; fails when handlers are missing, doubled or out of place. */
  listen(callback: (error?: Error) => void): void {
    try {
      const { appName, contracts, link } = this.options;
      const names = [...this.handlers].map(
        ([type, handlers]) => [type, handlers.map(({ name }) => name)] as const,
      );
      assertHandlersComplete(appName, new Map(names), contracts);
      this.processor.start();
      this.consumers = queuesOf(appName, contracts).map((queue) =>
        link.consume({
          queue,
          prefetch: PREFETCH,
          batchSize: BATCH_SIZE,
          onBatch: (messages) => this.receiver.take(messages),
          ready: () => this.receiver.ready(this.stopping.signal),
        }),
      );
      callback();
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Stops taking messages, lets the running handlers end, and resolves. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.processor.stop();
  }

  /** The transport emits no events; its state is in the health report. */
  override on(): never {
    throw AppError.terminal('messaging.no_events', 'the transport emits no events', {
      hint: 'Read MessagingHealth instead.',
    });
  }

  override unwrap(): never {
    throw AppError.terminal('messaging.no_server', 'there is no server behind the transport to hand out');
  }

  private async dispatch(row: InboxRow, context: MessageContext): Promise<void> {
    const contract = this.options.contracts.find(row.type);
    const handlers = this.handlers.get(row.type);
    if (contract === undefined || handlers === undefined) {
      throw AppError.terminal(
        'message.unknown_type',
        `${this.options.appName} has no handler for '${row.type}'`,
        {
          hint: 'Was it sent by a newer version? Then upgrade, and set the inbox row to ready.',
        },
      );
    }
    const payload = parsePayload(contract, row.payload, { unknownFields: 'drop' });
    for (const { run } of handlers) {
      // The handler's error arrives through its observable: Nest's exception layer catches what it throws.
      const result = this.transformToObservable(await run(payload, context));
      await lastValueFrom(result, { defaultValue: undefined });
    }
  }
}
