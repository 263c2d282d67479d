import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';

/** The channel of LISTEN and NOTIFY. */
export const OUTBOX_CHANNEL = 'saasodoo_outbox';

/** Notifications closer together than this become one. */
const QUIET_MS = 5;

/** What the signal wakes without PostgreSQL in between. */
export interface LocalRelay {
  readonly leading: boolean;
  poke(): void;
}

/**
 * Tells the relay that the outbox has news. A NOTIFY inside the writing transaction would take a lock that makes
 * commits queue up behind each other, so it goes out afterwards, on a connection of its own, at most every few
 * milliseconds. Losing one costs a poll interval.
 */
export class OutboxSignal {
  private readonly logger = new Logger(OutboxSignal.name);
  private relay: LocalRelay | undefined;
  private quietUntil = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** Pokes this relay directly for as long as it is the leader. */
  attach(relay: LocalRelay): void {
    this.relay = relay;
  }

  wake(): void {
    if (this.relay?.leading === true) {
      this.relay.poke();
      return;
    }
    if (this.timer !== undefined) return;
    const wait = Math.max(0, this.quietUntil - Date.now());
    this.timer = setTimeout(() => void this.notify(), wait);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private async notify(): Promise<void> {
    this.timer = undefined;
    this.quietUntil = Date.now() + QUIET_MS;
    try {
      await this.dataSource.query(`NOTIFY ${OUTBOX_CHANNEL}`);
    } catch (error) {
      this.logger.warn(
        `the relay was not woken, it will poll: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
