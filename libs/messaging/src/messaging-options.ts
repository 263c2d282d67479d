import type { ContractRegistry } from '@saasodoo/contracts';
import type { Registry } from 'prom-client';

export interface MessagingOptions {
  /** The app's folder name, such as `provisioner`: owner of commands, consumer of the inbox. */
  readonly appName: string;
  /** `amqp://user[:password]@host:port/vhost` */
  readonly url: string;
  readonly password?: string;
  /** Whether this process competes to publish the outbox. */
  readonly relay: boolean;
  readonly contracts?: ContractRegistry;
  readonly registry?: Registry;
}
