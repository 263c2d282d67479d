import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import {
  contracts,
  CreateInstance,
  type CreateInstancePayload,
  TerminateInstance,
} from '@saasodoo/contracts';
import { newId } from '@saasodoo/kernel';
import {
  AmqpLink,
  MessagingMetrics,
  Outbox,
  OutboxRelay,
  OutboxSignal,
  SaasodooTransport,
} from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import {
  freshDatabase,
  startDisposablePostgres,
  startDisposableRabbitMq,
  type TestDatabase,
} from '@saasodoo/testing';
import { connect } from 'amqplib';

/**
 * Two questions, on PostgreSQL (fsync on) and RabbitMQ (one quorum queue) of their own on this machine:
 * how fast the relay empties an outbox that was filled beforehand, against bare amqplib publishing the same messages
 * with confirms and the same number in flight (alternating, medians); and how long it takes from the begin of a
 * transaction that writes one command until its handler starts, when nothing else happens.
 */
const MESSAGES = 10_000;
const WINDOW = 100;
const ROUNDS = 5;
const IDLE_COMMANDS = 300;

/** One line of the result: what was measured, the value and what it is compared with. */
export type BenchRow = readonly (string | number)[];

export interface MessagingBench {
  readonly method: string;
  /** The first row is the head. */
  readonly rows: readonly BenchRow[];
}

interface Ground {
  readonly database: TestDatabase;
  readonly brokerUrl: string;
  readonly link: AmqpLink;
}

/** Reports when a number of messages has left the outbox. */
class DrainMetrics extends MessagingMetrics {
  private left = MESSAGES;
  readonly drained: Promise<void>;
  private resolve: () => void = () => undefined;

  constructor() {
    super();
    this.drained = new Promise((resolve) => (this.resolve = resolve));
  }

  override published(count: number): void {
    this.left -= count;
    if (this.left <= 0) this.resolve();
  }
}

/** Runs the benchmark against servers that it starts and removes. */
export async function run(): Promise<MessagingBench> {
  Logger.overrideLogger(false);
  const postgres = await startDisposablePostgres();
  const broker = await startDisposableRabbitMq();
  const database = await freshDatabase({ serverUrl: postgres.url });
  const link = await AmqpLink.open({ url: broker.url, name: 'bench' });
  const ground = { database, brokerUrl: broker.url, link };
  try {
    return { method: METHOD, rows: [...(await throughput(ground)), ...(await latencies(ground))] };
  } finally {
    await link.close();
    await database.close();
    await postgres.container.remove();
    await broker.container.remove();
  }
}

const METHOD =
  `${MESSAGES} commands of one kind into one quorum queue, ${WINDOW} in flight, ${ROUNDS} rounds alternating with bare ` +
  `amqplib, medians; latency over ${IDLE_COMMANDS} commands, one at a time, from BEGIN to the start of the handler.`;

async function throughput(ground: Ground): Promise<BenchRow[]> {
  const relayed: number[] = [];
  const bare: number[] = [];
  await relayOnce(ground);
  await publishBare(ground);
  for (let round = 0; round < ROUNDS; round += 1) {
    relayed.push(await relayOnce(ground));
    bare.push(await publishBare(ground));
  }
  const ratio = percentile(relayed, 50) / percentile(bare, 50);
  return [
    ['measured', 'value', 'compared with', 'ratio'],
    [
      'outbox relay, messages/s',
      percentile(relayed, 50),
      `bare amqplib ${Math.round(percentile(bare, 50))}`,
      round(ratio),
    ],
  ];
}

/** Messages per second from the start of the relay until the last one is in the archive. */
async function relayOnce({ database: { dataSource }, brokerUrl, link }: Ground): Promise<number> {
  await dataSource.query(
    `INSERT INTO outbox (message_id, type, subject, exchange, routing_key, consumers, payload, headers)
     SELECT gen_random_uuid(), $1, 'subject', $2, $1, '{provisioner}', $3, $4 FROM generate_series(1, $5::int)`,
    [
      CreateInstance.type,
      CreateInstance.exchange,
      JSON.stringify(payload()),
      JSON.stringify(HEADERS),
      MESSAGES,
    ],
  );
  const metrics = new DrainMetrics();
  const relay = new OutboxRelay({
    dataSource,
    publisher: link,
    metrics,
    batchSize: WINDOW,
    resendAfterMs: 3_600_000,
  });
  const startedAt = performance.now();
  relay.start();
  await metrics.drained;
  const seconds = (performance.now() - startedAt) / 1000;
  await relay.stop();
  await dataSource.query('TRUNCATE outbox_archive');
  await purge(brokerUrl);
  return MESSAGES / seconds;
}

/** The same messages from bare amqplib: publish as long as fewer than the window are unconfirmed. */
async function publishBare({ brokerUrl }: Ground): Promise<number> {
  const connection = await connect(brokerUrl, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const body = Buffer.from(JSON.stringify(payload()));
  const startedAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    let confirmed = 0;
    const send = (): void => {
      if (sent === MESSAGES) return;
      sent += 1;
      const options = { persistent: true, mandatory: true, messageId: newId(), headers: HEADERS };
      channel.publish(CreateInstance.exchange, CreateInstance.routingKey, body, options, (error: unknown) => {
        if (error !== null && error !== undefined)
          reject(error instanceof Error ? error : new Error('not confirmed'));
        confirmed += 1;
        if (confirmed === MESSAGES) resolve();
        else send();
      });
    };
    for (let inFlight = 0; inFlight < WINDOW; inFlight += 1) send();
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await connection.close();
  await purge(brokerUrl);
  return MESSAGES / seconds;
}

async function latencies(ground: Ground): Promise<BenchRow[]> {
  const direct = await latency(ground, true);
  const notified = await latency(ground, false);
  return [
    ['transaction → handler, relay in this process, p50 ms', round(percentile(direct, 50)), '', ''],
    ['transaction → handler, relay in this process, p95 ms', round(percentile(direct, 95)), 'aim < 20', ''],
    ['transaction → handler, relay woken by NOTIFY, p50 ms', round(percentile(notified, 50)), '', ''],
    ['transaction → handler, relay woken by NOTIFY, p95 ms', round(percentile(notified, 95)), 'aim < 20', ''],
  ];
}

async function latency({ database: { dataSource }, link }: Ground, samePoke: boolean): Promise<number[]> {
  const metrics = new MessagingMetrics();
  const signal = new OutboxSignal(dataSource);
  const outbox = new Outbox('bench', signal);
  const relay = new OutboxRelay({ dataSource, publisher: link, metrics });
  if (samePoke) signal.attach(relay);
  relay.start();
  const handled = new Map<string, (at: number) => void>();
  const transport = new SaasodooTransport({
    appName: 'provisioner',
    contracts,
    dataSource,
    link,
    outbox,
    metrics,
  });
  const note = async ({ operation_id }: CreateInstancePayload): Promise<void> => {
    handled.get(operation_id)?.(performance.now());
    return Promise.resolve();
  };
  transport.addHandler(CreateInstance.type, note, true);
  transport.addHandler(TerminateInstance.type, note, true);
  transport.listen((error) => {
    if (error !== undefined) throw error;
  });
  const times: number[] = [];
  for (let sent = 0; sent < IDLE_COMMANDS + WARM_UP; sent += 1) {
    const command = payload();
    const reached = new Promise<number>((resolve) => handled.set(command.operation_id, resolve));
    const startedAt = performance.now();
    await runInTransaction(dataSource, (em) =>
      outbox.append(em, CreateInstance, command, { subject: 'bench' }),
    );
    outbox.wake();
    const took = (await reached) - startedAt;
    if (sent >= WARM_UP) times.push(took);
  }
  await transport.close();
  await relay.stop();
  signal.close();
  return times;
}

const WARM_UP = 50;

const HEADERS = Object.fromEntries(
  ['id', 'type', 'source', 'subject', 'time', 'correlationid', 'specversion'].map((name) => [
    `cloudEvents:${name}`,
    '01890a5d-ac96-774b-bcce-b302099a8057',
  ]),
);

function payload(): CreateInstancePayload {
  return { operation_id: newId(), instance_id: newId(), generation: 1 };
}

async function purge(brokerUrl: string): Promise<void> {
  const connection = await connect(brokerUrl);
  const channel = await connection.createChannel();
  await channel.purgeQueue(CreateInstance.queue);
  await connection.close();
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

async function main(): Promise<void> {
  const { method, rows } = await run();
  const [head = [], ...body] = rows.map((row) => row.map(String));
  process.stdout.write(`${method}\n\n`);
  for (const line of [head, head.map(() => '---'), ...body])
    process.stdout.write(`| ${line.join(' | ')} |\n`);
}

if (require.main === module) void main();
