import { Counter, Histogram, Registry } from 'prom-client';

export type HandleOutcome = 'done' | 'retry' | 'parked' | 'superseded';

/** Counters of what this process sent and handled; in a registry of their own when the app gives none. */
export class MessagingMetrics {
  private readonly publishedTotal: Counter;
  private readonly publishFailedTotal: Counter;
  private readonly handledTotal: Counter<'type' | 'outcome'>;
  private readonly handleSeconds: Histogram<'type'>;

  constructor(registry: Registry = new Registry()) {
    const registers = [registry];
    this.publishedTotal = new Counter({
      name: 'saasodoo_messages_published_total',
      help: 'Messages the broker confirmed',
      registers,
    });
    this.publishFailedTotal = new Counter({
      name: 'saasodoo_messages_publish_failed_total',
      help: 'Messages the broker refused or could not route',
      registers,
    });
    this.handledTotal = new Counter({
      name: 'saasodoo_messages_handled_total',
      help: 'Handled messages by outcome',
      labelNames: ['type', 'outcome'],
      registers,
    });
    this.handleSeconds = new Histogram({
      name: 'saasodoo_message_handle_seconds',
      help: 'Time from the start of the handler to its commit',
      labelNames: ['type'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    });
  }

  published(count: number): void {
    this.publishedTotal.inc(count);
  }

  publishFailed(): void {
    this.publishFailedTotal.inc();
  }

  handled(type: string, outcome: HandleOutcome, seconds: number): void {
    this.handledTotal.inc({ type, outcome });
    this.handleSeconds.observe({ type }, seconds);
  }
}
