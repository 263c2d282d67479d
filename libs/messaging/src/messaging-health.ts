import type { DataSource } from 'typeorm';
import type { AmqpLink } from './amqp/amqp-link';

export interface MessagingReport {
  /** Both connections to the broker are up. */
  readonly connected: boolean;
  /** Every queue of this app is being consumed. */
  readonly consuming: boolean;
  /** Messages written and not yet sent. */
  readonly outbox_depth: number;
  /** Age of the oldest of them. */
  readonly outbox_oldest_seconds: number;
  /** Messages sent and not yet seen by their consumers. */
  readonly undelivered: number;
  /** Messages of this app waiting to be handled. */
  readonly inbox_ready: number;
  /** Messages of this app, and unsendable ones of all apps, that wait for a human. */
  readonly parked: number;
}

/** How the messages of this process are doing; for readiness and for gauges. */
export class MessagingHealth {
  constructor(
    private readonly dataSource: DataSource,
    private readonly link: AmqpLink,
    private readonly appName: string,
  ) {}

  /** The broker's part alone, without a question to PostgreSQL. */
  get connected(): boolean {
    return this.link.connected && this.link.allConsuming;
  }

  async report(): Promise<MessagingReport> {
    const [row]: [Omit<MessagingReport, 'connected' | 'consuming'>] = await this.dataSource.query(
      `SELECT o.depth AS outbox_depth, o.oldest AS outbox_oldest_seconds,
         (SELECT count(*)::int FROM outbox_archive WHERE settled_at IS NULL) AS undelivered,
         (SELECT count(*)::int FROM inbox WHERE consumer = $1 AND status = 'ready') AS inbox_ready,
         (SELECT count(*)::int FROM inbox WHERE consumer = $1 AND status = 'parked')
           + (SELECT count(*)::int FROM outbox_parked) AS parked
       FROM (SELECT count(*)::int AS depth,
               coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest FROM outbox) o`,
      [this.appName],
    );
    return { connected: this.link.connected, consuming: this.link.allConsuming, ...row };
  }
}
