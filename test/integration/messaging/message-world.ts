import { Logger } from '@nestjs/common';
import { until } from '@saasodoo/kernel';
import {
  AmqpLink,
  brokerDefinitions,
  type MessageContext,
  type MessageHandlerMethod,
  MessagingMetrics,
  Outbox,
  OutboxRelay,
  OutboxSignal,
  type RelayOptions,
  SaasodooTransport,
  type TransportOptions,
} from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import { freshDatabase, freshVhost, type TestDatabase } from '@saasodoo/testing';
import type { DataSource } from 'typeorm';
import { noteContracts, type NotePayload, WriteNote } from './note.contract';
import { writeDown } from './write-down';

/** Real PostgreSQL and RabbitMQ with the parts of messaging that a test asks for; `close` undoes everything. */
export class MessageWorld {
  readonly outbox: Outbox;
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly signal: OutboxSignal;

  private constructor(
    readonly database: TestDatabase,
    readonly brokerUrl: string,
  ) {
    this.signal = new OutboxSignal(database.dataSource);
    this.outbox = new Outbox('tests', this.signal);
  }

  static async open(
    given: { readonly databaseServerUrl?: string; readonly brokerUrl?: string } = {},
  ): Promise<MessageWorld> {
    if (process.env['TEST_LOGS'] !== '1') Logger.overrideLogger(false);
    const { databaseServerUrl, brokerUrl } = given;
    const database = await freshDatabase(
      databaseServerUrl === undefined ? {} : { serverUrl: databaseServerUrl },
    );
    await database.dataSource.query('CREATE TABLE note (number int NOT NULL, text text NOT NULL)');
    if (brokerUrl !== undefined) return new MessageWorld(database, brokerUrl);
    const vhost = await freshVhost(brokerDefinitions(noteContracts));
    const world = new MessageWorld(database, vhost.url);
    world.closers.push(() => vhost.remove());
    return world;
  }

  get dataSource(): DataSource {
    return this.database.dataSource;
  }

  async link(name: string): Promise<AmqpLink> {
    const link = await AmqpLink.open({ url: this.brokerUrl, name, confirmTimeoutMs: 3_000 });
    this.closers.unshift(() => link.close());
    return link;
  }

  async relay(options: Partial<RelayOptions> = {}): Promise<OutboxRelay> {
    const { dataSource } = this;
    const publisher = options.publisher ?? (await this.link('relay'));
    const relay = new OutboxRelay({ dataSource, metrics: new MessagingMetrics(), ...options, publisher });
    this.signal.attach(relay);
    relay.start();
    this.closers.unshift(() => relay.stop());
    return relay;
  }

  /** An app with one handler for each given type, listening. */
  async app(
    appName: string,
    handlers: Readonly<Record<string, MessageHandlerMethod<NotePayload>>>,
    options: Partial<TransportOptions> = {},
  ): Promise<SaasodooTransport> {
    const { dataSource, outbox } = this;
    const link = await this.link(appName);
    const metrics = new MessagingMetrics();
    const contracts = noteContracts;
    const transport = new SaasodooTransport({
      appName,
      contracts,
      dataSource,
      link,
      outbox,
      metrics,
      ...options,
    });
    for (const [type, handler] of Object.entries(handlers)) {
      transport.addHandler(
        type,
        async (payload: NotePayload, context: MessageContext) => handler(payload, context),
        true,
      );
    }
    await new Promise<void>((resolve, reject) => {
      transport.listen((error) => (error === undefined ? resolve() : reject(error)));
    });
    this.closers.unshift(() => transport.close());
    return transport;
  }

  /** The app `scribe`, which writes each note into its table. */
  scribe(options: Partial<TransportOptions> = {}): Promise<SaasodooTransport> {
    return this.app('scribe', { [WriteNote.type]: writeDown }, options);
  }

  /** Commits one command for each number; answers the message ids. */
  async send(numbers: readonly number[], text = 'note'): Promise<string[]> {
    const ids = await runInTransaction(this.dataSource, async (em) => {
      const written: string[] = [];
      for (const number of numbers) {
        written.push(
          await this.outbox.append(em, WriteNote, { number, text }, { subject: `note-${number}` }),
        );
      }
      return written;
    });
    this.outbox.wake();
    return ids;
  }

  /** Resolves once exactly these numbers are written down, each once. */
  async noted(numbers: readonly number[], withinMs = 30_000): Promise<void> {
    const wanted = [...numbers].sort((one, other) => one - other);
    let seen: number[] = [];
    await until(
      async () => {
        const rows: { number: number }[] = await this.dataSource.query(
          'SELECT number FROM note ORDER BY number',
        );
        seen = rows.map(({ number }) => number);
        return seen.length >= wanted.length ? true : undefined;
      },
      () => new Error(`only ${seen.length} of ${wanted.length} notes are written`),
      { withinMs, everyMs: 20 },
    );
    expect(seen).toEqual(wanted);
  }

  /** Rows of a query, asked until `enough` says so. */
  async eventually<Row>(sql: string, enough: (rows: Row[]) => boolean, withinMs = 30_000): Promise<Row[]> {
    let rows: Row[] = [];
    return until(
      async () => {
        rows = await this.dataSource.query(sql);
        return enough(rows) ? rows : undefined;
      },
      () => new Error(`${sql} still answers ${JSON.stringify(rows)}`),
      { withinMs, everyMs: 20 },
    );
  }

  /** Resolves when PostgreSQL answers again. */
  async answering(): Promise<void> {
    await until(
      () =>
        this.dataSource.query('SELECT 1').then(
          () => true as const,
          () => undefined,
        ),
      () => new Error('PostgreSQL does not answer'),
      { withinMs: 60_000 },
    );
  }

  async close(): Promise<void> {
    for (const close of this.closers) await close();
    this.signal.close();
    await this.database.close();
  }
}

/** 1 … `count` */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
