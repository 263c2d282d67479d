import type { ContractRegistry } from '@saasodoo/contracts';
import type { Channel } from 'amqplib';
import type { AmqpLink } from '../amqp/amqp-link';
import { queuesOf } from './queues';

/** Names what the broker lacks for `app`, without creating anything: `exchange saasodoo.commands`, `queue …`. */
export async function missingTopology(
  link: AmqpLink,
  app: string,
  contracts: ContractRegistry,
): Promise<string[]> {
  const exchanges = [...new Set(contracts.all.map(({ exchange }) => exchange))];
  const checks = [
    ...exchanges.map((name) => exists(link, `exchange ${name}`, (channel) => channel.checkExchange(name))),
    ...queuesOf(app, contracts).map((name) =>
      exists(link, `queue ${name}`, (channel) => channel.checkQueue(name)),
    ),
  ];
  return (await Promise.all(checks)).filter((name) => name !== undefined);
}

/** A failed check closes its channel, so each has one of its own. */
async function exists(
  link: AmqpLink,
  name: string,
  check: (channel: Channel) => Promise<unknown>,
): Promise<string | undefined> {
  const channel = await link.createChannel();
  const errors: Error[] = [];
  channel.on('error', (error) => errors.push(error));
  try {
    await check(channel);
    await channel.close();
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.message.includes('NOT_FOUND')) return name;
    throw error;
  }
}
