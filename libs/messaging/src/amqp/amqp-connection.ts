import { Logger } from '@nestjs/common';
import { type Channel, type ConfirmChannel, connect, type RecoveringChannelModel } from 'amqplib';

const RECOVERY = { initialDelay: 100, maxDelay: 3_000, waitForConnect: false };
const CONNECT_TIMEOUT_MS = 5_000;

/** One connection to the broker that comes back by itself. Channels do not: whoever opens one supervises it. */
export class AmqpConnection {
  private readonly logger = new Logger(AmqpConnection.name);
  private up = false;

  private constructor(
    private readonly model: RecoveringChannelModel,
    private readonly name: string,
  ) {
    model.on('connect', () => this.onConnect());
    model.on('disconnect', (error) => this.onDisconnect(error));
    model.on('error', (error) => this.logger.warn(`${name}: ${error.message}`));
    model.on('blocked', (reason) => this.logger.error(`${name}: the broker takes no messages: ${reason}`));
    model.on('unblocked', () => this.logger.log(`${name}: the broker takes messages again`));
  }

  /** Does not wait for the broker. `name` is shown in its list of connections. */
  static async open(url: string, name: string): Promise<AmqpConnection> {
    const model = await connect(url, {
      // Without it Nagle's algorithm holds every confirm back for some 40 ms.
      noDelay: true,
      keepAlive: true,
      timeout: CONNECT_TIMEOUT_MS,
      clientProperties: { connection_name: name },
      recovery: RECOVERY,
    });
    return new AmqpConnection(model, name);
  }

  get connected(): boolean {
    return this.up;
  }

  /** Waits for the broker when it is away. */
  async createChannel(): Promise<Channel> {
    return this.model.createChannel();
  }

  /** Waits for the broker when it is away. */
  async createConfirmChannel(): Promise<ConfirmChannel> {
    return this.model.createConfirmChannel();
  }

  async close(): Promise<void> {
    await this.model.close();
  }

  private onConnect(): void {
    this.up = true;
    this.logger.log(`${this.name}: connected`);
  }

  private onDisconnect(error: Error | undefined): void {
    this.up = false;
    this.logger.warn(`${this.name}: disconnected: ${error?.message ?? 'closed'}`);
  }
}
