import { Logger } from '@nestjs/common';
import type { ContractRegistry } from '@saasodoo/contracts';
import type { DataSource } from 'typeorm';
import { AmqpLink } from './amqp/amqp-link';
import { DeadLetters } from './dead-letters/dead-letters';
import { ParkedQueues } from './dead-letters/parked-queues';
import { EventTap } from './event-tap';
import { MessagingHealth } from './messaging-health';
import { MessagingMetrics } from './messaging-metrics';
import type { MessagingOptions } from './messaging-options';
import { Outbox } from './outbox/outbox';
import { OutboxRelay } from './outbox/outbox-relay';
import { OutboxSignal } from './outbox/outbox-signal';
import { missingTopology } from './topology/missing-topology';
import { SaasodooTransport } from './transport/saasodoo-transport';

type RuntimeOptions = MessagingOptions & { readonly contracts: ContractRegistry };

/** Everything of messaging that one process has, wired together. */
export class MessagingRuntime {
  readonly outbox: Outbox;
  readonly relay: OutboxRelay;
  readonly tap: EventTap;
  readonly health: MessagingHealth;
  readonly deadLetters: DeadLetters;
  readonly parkedQueues: ParkedQueues;
  private readonly logger = new Logger(MessagingRuntime.name);
  private readonly signal: OutboxSignal;
  private readonly metrics: MessagingMetrics;

  private constructor(
    private readonly dataSource: DataSource,
    private readonly options: RuntimeOptions,
    private readonly link: AmqpLink,
  ) {
    this.metrics = new MessagingMetrics(options.registry);
    this.signal = new OutboxSignal(dataSource);
    this.outbox = new Outbox(options.appName, this.signal);
    this.relay = new OutboxRelay({ dataSource, publisher: link, metrics: this.metrics });
    this.tap = new EventTap(link, options.appName);
    this.health = new MessagingHealth(dataSource, link, options.appName);
    this.deadLetters = new DeadLetters(dataSource, this.outbox);
    this.parkedQueues = new ParkedQueues(dataSource, link, options.contracts);
  }

  /** Connects to the broker in the background. */
  static async create(dataSource: DataSource, options: RuntimeOptions): Promise<MessagingRuntime> {
    const { appName: name, url, password } = options;
    const link = await AmqpLink.open({ name, url, ...(password === undefined ? {} : { password }) });
    return new MessagingRuntime(dataSource, options, link);
  }

  start(): void {
    void this.reportMissingTopology();
    if (!this.options.relay) return;
    this.signal.attach(this.relay);
    this.relay.start();
  }

  createTransport(): SaasodooTransport {
    const { appName, contracts } = this.options;
    const { dataSource, link, outbox, metrics } = this;
    return new SaasodooTransport({ appName, contracts, dataSource, link, outbox, metrics });
  }

  async close(): Promise<void> {
    this.signal.close();
    await this.relay.stop();
    await this.tap.close();
    await this.link.close();
  }

  private async reportMissingTopology(): Promise<void> {
    try {
      const missing = await missingTopology(this.link, this.options.appName, this.options.contracts);
      if (missing.length === 0) return;
      this.logger.error(
        `the broker lacks ${missing.join(', ')}: load infrastructure/rabbitmq/definitions.json (load_definitions)`,
      );
    } catch (error) {
      this.logger.warn(
        `the broker's topology was not checked: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
