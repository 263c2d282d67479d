import { startDisposablePostgres, startDisposableRabbitMq } from '@saasodoo/testing';
import { brokerDefinitions } from '@saasodoo/messaging';
import { connect } from 'amqplib';
import { MessageWorld, numbers } from './message-world';
import { noteContracts, WriteNote } from './note.contract';

jest.setTimeout(300_000);

const FAST_SWEEP = { resendAfterMs: 2_000, sweepEveryMs: 500 };
const LONG = 90_000;

describe('an outage of the broker', () => {
  let broker: Awaited<ReturnType<typeof startDisposableRabbitMq>>;
  let world: MessageWorld;

  beforeAll(async () => {
    broker = await startDisposableRabbitMq(brokerDefinitions(noteContracts));
  });

  afterAll(() => broker.container.remove());

  beforeEach(async () => {
    world = await MessageWorld.open({ brokerUrl: broker.url });
    await world.relay(FAST_SWEEP);
    await world.scribe();
    await world.send(numbers(100));
  });

  afterEach(() => world.close());

  it('killed and started again: every message arrives once', async () => {
    await broker.container.kill();
    await world.send([101, 102, 103]);
    await broker.container.resume();
    await world.noted(numbers(103), LONG);
  });

  it('started again on an empty disk: every message arrives once', async () => {
    await broker.container.wipe();
    await world.send([101, 102, 103]);
    await world.noted(numbers(103), LONG);
  });

  it('queue deleted and made again: the consumer comes back, and what was in it', async () => {
    await world.noted(numbers(100), LONG);
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    await channel.deleteQueue(WriteNote.queue);
    await world.send([101]);
    await world.eventually<object>(
      `SELECT 1 FROM outbox_archive WHERE subject = 'note-101'`,
      (rows) => rows.length > 0,
    );
    const { arguments: args } = queueDefinition();
    await channel.assertQueue(WriteNote.queue, { durable: true, arguments: args });
    await channel.bindQueue(WriteNote.queue, WriteNote.exchange, WriteNote.routingKey);
    await connection.close();
    await world.noted(numbers(101), LONG);
  });
});

describe('an outage of PostgreSQL', () => {
  it('killed and started again: every message arrives once', async () => {
    const postgres = await startDisposablePostgres();
    const broker = await startDisposableRabbitMq(brokerDefinitions(noteContracts));
    const world = await MessageWorld.open({ databaseServerUrl: postgres.url, brokerUrl: broker.url });
    try {
      await world.relay(FAST_SWEEP);
      await world.scribe({ leaseMs: 1_000 });
      await world.send(numbers(300));
      await postgres.container.kill();
      await postgres.container.resume();
      await world.answering();
      await world.send([301]);
      await world.noted(numbers(301), LONG);
    } finally {
      await world.close();
      await postgres.container.remove();
      await broker.container.remove();
    }
  });
});

function queueDefinition(): { readonly arguments: object } {
  const found = brokerDefinitions(noteContracts).queues.find(({ name }) => name === WriteNote.queue);
  if (found === undefined) throw new Error(`${WriteNote.queue} is not defined`);
  return found;
}
