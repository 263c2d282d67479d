import { type ContractRegistry, contracts as allContracts } from '@saasodoo/contracts';
import { eventQueue, parkedQueue, UNROUTABLE_QUEUE } from './queues';

interface Exchange {
  readonly name: string;
  readonly vhost: string;
  readonly type: 'direct' | 'topic' | 'fanout';
  readonly durable: true;
  readonly auto_delete: false;
  readonly internal: false;
  readonly arguments: Readonly<Record<string, string>>;
}

interface Queue {
  readonly name: string;
  readonly vhost: string;
  readonly durable: true;
  readonly auto_delete: false;
  readonly arguments: Readonly<Record<string, string | number>>;
}

interface Binding {
  readonly source: string;
  readonly vhost: string;
  readonly destination: string;
  readonly destination_type: 'queue';
  readonly routing_key: string;
  readonly arguments: Readonly<Record<string, never>>;
}

/** What RabbitMQ loads at boot (`load_definitions`). Users are added where they are known, at deployment. */
export interface BrokerDefinitions {
  readonly vhosts: readonly { readonly name: string }[];
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly bindings: readonly Binding[];
}

const VHOST = '/';
const PARKED_EXCHANGE = 'saasodoo.parked';
const MAX_QUEUE_BYTES = 1024 ** 3;
/** Handlers run after the acknowledgement, so only a process that dies while storing a message counts. */
const DELIVERY_LIMIT = 100;

/** Exchanges, quorum queues and bindings for every contract. */
export function brokerDefinitions(contracts: ContractRegistry = allContracts): BrokerDefinitions {
  const commands = contracts.all.filter((contract) => contract.kind === 'command');
  const events = contracts.all.filter((contract) => contract.kind === 'event');
  const subscriptions = events.flatMap((event) => event.subscribers.map((app) => ({ app, event })));
  const eventQueues = [...new Set(subscriptions.map(({ app }) => eventQueue(app)))];
  const workQueues = [...new Set([...commands.map(({ queue }) => queue), ...eventQueues])].sort();
  return {
    vhosts: [{ name: VHOST }],
    exchanges: [
      // A command that no queue takes is kept for a look at it, and sent again by the relay meanwhile. An event may
      // have no listener, so its exchange has no such alternate: the relay asks for a queue where one is due.
      exchange('saasodoo.commands', 'direct', { 'alternate-exchange': UNROUTABLE_QUEUE }),
      exchange('saasodoo.events', 'topic'),
      exchange(PARKED_EXCHANGE, 'direct'),
      exchange(UNROUTABLE_QUEUE, 'fanout'),
    ],
    queues: [
      ...workQueues.flatMap((name) => [workQueue(name), keepingQueue(parkedQueue(name))]),
      keepingQueue(UNROUTABLE_QUEUE),
    ],
    bindings: [
      ...commands.map(({ exchange: source, queue, routingKey }) => binding(source, queue, routingKey)),
      ...subscriptions.map(({ app, event }) => binding(event.exchange, eventQueue(app), event.routingKey)),
      ...workQueues.map((name) => binding(PARKED_EXCHANGE, parkedQueue(name), name)),
      binding(UNROUTABLE_QUEUE, UNROUTABLE_QUEUE, ''),
    ],
  };
}

function exchange(name: string, type: Exchange['type'], args: Exchange['arguments'] = {}): Exchange {
  return { name, vhost: VHOST, type, durable: true, auto_delete: false, internal: false, arguments: args };
}

/** At-least-once dead-lettering needs `reject-publish`; a full queue then refuses, and the outbox keeps the message. */
function workQueue(name: string): Queue {
  return queue(name, {
    'x-delivery-limit': DELIVERY_LIMIT,
    'x-dead-letter-exchange': PARKED_EXCHANGE,
    'x-dead-letter-routing-key': name,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
    'x-max-length-bytes': MAX_QUEUE_BYTES,
  });
}

/** Without a limit: whoever looks at a message and puts it back counts, and at the limit the broker would drop it. */
function keepingQueue(name: string): Queue {
  return queue(name, {
    'x-delivery-limit': -1,
    'x-overflow': 'reject-publish',
    'x-max-length-bytes': MAX_QUEUE_BYTES,
  });
}

function queue(name: string, args: Queue['arguments']): Queue {
  return {
    name,
    vhost: VHOST,
    durable: true,
    auto_delete: false,
    arguments: { 'x-queue-type': 'quorum', ...args },
  };
}

function binding(source: string, destination: string, routingKey: string): Binding {
  return {
    source,
    vhost: VHOST,
    destination,
    destination_type: 'queue',
    routing_key: routingKey,
    arguments: {},
  };
}
