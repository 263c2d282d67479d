import {
  type CanActivate,
  Controller,
  type INestApplication,
  Injectable,
  type Type,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppError } from '@saasodoo/kernel';
import {
  brokerDefinitions,
  createTransport,
  HandleCommand,
  type MessageContext,
  MessagingHealth,
  MessagingModule,
  Outbox,
} from '@saasodoo/messaging';
import { PersistenceModule, runInTransaction } from '@saasodoo/persistence';
import { freshVhost } from '@saasodoo/testing';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { MessageWorld, numbers } from './message-world';
import { noteContracts, NotePayload, WriteNote } from './note.contract';

jest.setTimeout(240_000);

@Injectable()
class OpenGate implements CanActivate {
  static passed = 0;

  canActivate(): boolean {
    OpenGate.passed += 1;
    return true;
  }
}

@Controller()
class WriteNoteHandler {
  static readonly begun = { count: 0 };

  @UseGuards(OpenGate)
  @HandleCommand(WriteNote)
  async execute(note: NotePayload, { em, messageId }: MessageContext): Promise<void> {
    WriteNoteHandler.begun.count += 1;
    if (!(note instanceof NotePayload)) throw new Error('not an instance of its class');
    if (note.text === 'poison') throw AppError.terminal('note.unreadable', `${messageId} cannot be read`);
    await em.query('SELECT pg_sleep(0.02)');
    await em.query('INSERT INTO note (number, text) VALUES ($1, $2)', [note.number, note.text]);
  }
}

@Controller()
class SecondHandler {
  @HandleCommand(WriteNote)
  async execute(): Promise<void> {
    return Promise.resolve();
  }
}

describe('a Nest application', () => {
  let world: MessageWorld;
  let vhost: Awaited<ReturnType<typeof freshVhost>>;

  beforeEach(async () => {
    vhost = await freshVhost(brokerDefinitions(noteContracts));
    world = await MessageWorld.open({ brokerUrl: vhost.url });
  });

  afterEach(async () => {
    await world.close();
    await vhost.remove();
  });

  async function scribe(controllers: Type<object>[], registry = new Registry()): Promise<INestApplication> {
    const module = await Test.createTestingModule({
      controllers,
      imports: [
        PersistenceModule.forRootAsync({
          useFactory: () => ({ url: world.database.url, poolSize: 10, applicationName: 'scribe' }),
        }),
        MessagingModule.forRootAsync({
          useFactory: () => ({
            appName: 'scribe',
            url: vhost.url,
            relay: true,
            contracts: noteContracts,
            registry,
          }),
        }),
      ],
    }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: createTransport(app) }, { inheritAppConfig: true });
    app.useGlobalPipes(new ValidationPipe({ whitelist: true }));
    return app;
  }

  async function send(app: INestApplication, text: string, wanted: readonly number[]): Promise<void> {
    await runInTransaction(app.get(DataSource), async (em) => {
      for (const number of wanted) {
        await app.get(Outbox).append(em, WriteNote, { number, text }, { subject: `note-${number}` });
      }
    });
    app.get(Outbox).wake();
  }

  it('handles commands in its controllers, with guards and pipes, and reports on them', async () => {
    const registry = new Registry();
    const app = await scribe([WriteNoteHandler], registry);
    await app.startAllMicroservices();
    await app.init();
    await send(app, 'poison', [1]);
    await send(app, 'note', [2, 3]);
    await world.noted([2, 3]);
    await world.eventually<object>(
      `SELECT 1 FROM inbox WHERE status = 'parked'`,
      (rows) => rows.length === 1,
    );
    await world.eventually<object>(`SELECT 1 FROM outbox`, (rows) => rows.length === 0);
    expect(OpenGate.passed).toBeGreaterThanOrEqual(3);
    expect(await app.get(MessagingHealth).report()).toMatchObject({
      connected: true,
      consuming: true,
      outbox_depth: 0,
      parked: 1,
    });
    expect(await registry.metrics()).toContain(
      'saasodoo_messages_handled_total{type="note.write.v1",outcome="parked"} 1',
    );
    await app.close();
  });

  it('finishes what it has begun when it is stopped, and leaves the rest for its successor', async () => {
    const first = await scribe([WriteNoteHandler]);
    await first.startAllMicroservices();
    await first.init();
    WriteNoteHandler.begun.count = 0;
    await send(first, 'note', numbers(200));
    await world.eventually<object>('SELECT 1 FROM note', (rows) => rows.length > 5);
    await first.close();
    const written: unknown[] = await world.dataSource.query('SELECT number FROM note');
    expect(written).toHaveLength(WriteNoteHandler.begun.count);
    const second = await scribe([WriteNoteHandler]);
    await second.startAllMicroservices();
    await second.init();
    await world.noted(numbers(200), 60_000);
    await second.close();
  });

  it.each([
    ['no handler', [], /note\.write\.v1 is owned by scribe, but nothing handles it/],
    [
      'two handlers',
      [WriteNoteHandler, SecondHandler],
      /note\.write\.v1 has 2 handlers, WriteNoteHandler\.execute and SecondHandler\.execute: keep one/,
    ],
  ])('does not start with %s for its command', async (_case, controllers: Type<object>[], sentence) => {
    const app = await scribe(controllers);
    await expect(app.startAllMicroservices()).rejects.toThrow(sentence);
    await app.close();
  });
});
