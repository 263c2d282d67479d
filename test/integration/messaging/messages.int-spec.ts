import { AppError } from '@saasodoo/kernel';
import { EventTap } from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import { MessageWorld, numbers } from './message-world';
import { NoteSeen, NoteWritten, WriteNote } from './note.contract';
import { writeDown } from './write-down';

jest.setTimeout(240_000);

describe('messages', () => {
  let world: MessageWorld;

  beforeEach(async () => {
    world = await MessageWorld.open();
  });

  afterEach(() => world.close());

  it('take effect once, and leave the outbox', async () => {
    await world.relay();
    await world.scribe();
    await world.send(numbers(300));
    await world.noted(numbers(300));
    const [left] = await world.eventually<{ waiting: number }>(
      'SELECT count(*)::int AS waiting FROM outbox',
      ([row]) => row?.waiting === 0,
    );
    expect(left).toEqual({ waiting: 0 });
  });

  it('do not exist when their transaction is rolled back', async () => {
    await world.relay();
    await world.scribe();
    const rolledBack = runInTransaction(world.dataSource, async (em) => {
      await world.outbox.append(em, WriteNote, { number: 1, text: 'never' }, { subject: 'note-1' });
      throw new Error('changed our mind');
    });
    await expect(rolledBack).rejects.toThrow('changed our mind');
    await world.send([2]);
    await world.noted([2]);
    expect(await world.dataSource.query('SELECT message_id FROM outbox')).toEqual([]);
  });

  it('are refused when they break their contract', async () => {
    const appending = runInTransaction(world.dataSource, (em) =>
      world.outbox.append(em, WriteNote, { number: 1.5, text: 'half' }, { subject: 'note' }),
    );
    await expect(appending).rejects.toMatchObject({ code: 'message.invalid_payload' });
  });

  it('carry who caused them from handler to handler', async () => {
    await world.relay();
    await world.app('scribe', {
      [WriteNote.type]: async (note, context) => {
        await writeDown(note, context);
        await world.outbox.append(context.em, NoteWritten, note, context.outgoing());
      },
    });
    const [commandId] = await world.send([7]);
    let seen: object | undefined;
    await world.app('reader', {
      [NoteWritten.type]: (_note, { causationId, correlationId, subject, attempt }) => {
        seen = { causationId, correlationId, subject, attempt };
      },
    });
    await world.eventually<object>(
      `SELECT 1 FROM inbox WHERE consumer = 'reader' AND status = 'done'`,
      (rows) => rows.length === 1,
    );
    expect(seen).toEqual({ causationId: commandId, correlationId: commandId, subject: 'note-7', attempt: 1 });
  });

  it('are handled once when they are delivered twice', async () => {
    await world.scribe();
    const link = await world.link('twice');
    const [messageId] = await world.send([1]);
    const message = {
      exchange: WriteNote.exchange,
      routingKey: WriteNote.routingKey,
      messageId: String(messageId),
      type: WriteNote.type,
      headers: {},
      body: Buffer.from(JSON.stringify({ number: 1, text: 'twice' })),
      mandatory: true,
    };
    await Promise.all([link.publish(message), link.publish(message)]);
    await world.relay();
    await world.noted([1]);
    await world.send([2]);
    await world.noted([1, 2]);
  });

  it('are tried again with the delay in their row, then succeed', async () => {
    await world.relay();
    await world.app('scribe', {
      [WriteNote.type]: async (note, context) => {
        await writeDown(note, context);
        if (context.attempt < 3) throw new Error(`not yet, attempt ${context.attempt}`);
      },
    });
    await world.send([1]);
    await world.noted([1]);
    const rows: object[] = await world.dataSource.query('SELECT status, attempts FROM inbox');
    expect(rows).toEqual([{ status: 'done', attempts: 3 }]);
  });

  it('are parked when they are poison, without holding up others', async () => {
    await world.relay();
    await world.app('scribe', {
      [WriteNote.type]: async (note, context) => {
        await writeDown(note, context);
        if (note.number === 1) throw AppError.terminal('note.unreadable', 'cannot be read');
      },
    });
    await world.send([1, 2, 3]);
    await world.noted([2, 3]);
    const [parked] = await world.eventually<object>(
      `SELECT status, last_error FROM inbox WHERE status = 'parked'`,
      (rows) => rows.length === 1,
    );
    expect(parked).toEqual({ status: 'parked', last_error: 'note.unreadable: cannot be read' });
  });

  it('are parked when nobody can understand them', async () => {
    await world.scribe();
    const link = await world.link('stranger');
    const send = (type: string, body: string): Promise<void> =>
      link.publish({
        exchange: WriteNote.exchange,
        routingKey: WriteNote.routingKey,
        messageId: `${type} ${body}`,
        type,
        headers: {},
        body: Buffer.from(body),
        mandatory: true,
      });
    await send(WriteNote.type, 'no JSON');
    await send(WriteNote.type, '{"text":"\\u0000","number":1}');
    await send(WriteNote.type, '{"text":"\\ud800","number":1}');
    await send(WriteNote.type, '{"number":"one"}');
    await send('note.unheard_of.v1', '{}');
    const rows = await world.eventually<{ last_error: string }>(
      `SELECT last_error FROM inbox WHERE status = 'parked'`,
      (parked) => parked.length === 5,
    );
    expect(rows.map(({ last_error }) => last_error).sort()).toEqual([
      expect.stringContaining('invalid input syntax for type json'),
      expect.stringContaining('message.invalid_payload'),
      expect.stringContaining('message.unknown_type'),
      expect.stringContaining('is not JSON'),
      expect.stringContaining('is not JSON'),
    ]);
  });

  it('are left aside by the relay when no queue takes them', async () => {
    await world.relay();
    await runInTransaction(world.dataSource, async (em) => {
      await world.outbox.append(em, NoteWritten, { number: 1, text: 'lost' }, { subject: 'note-1' });
      await em.query(`UPDATE outbox SET routing_key = 'nowhere', attempts = 4`);
    });
    await world.scribe();
    await world.send([2]);
    await world.noted([2]);
    const [parked] = await world.eventually<{ attempts: number; last_error: string }>(
      'SELECT attempts, last_error FROM outbox_parked',
      (rows) => rows.length === 1,
    );
    expect(parked?.attempts).toBe(5);
    expect(parked?.last_error).toContain('no queue took note.written.v1');
  });

  it('are sent again with the same id until their consumer has them', async () => {
    await world.relay({ resendAfterMs: 200, sweepEveryMs: 100 });
    const [messageId] = await world.send([1]);
    await world.eventually<object>(
      'SELECT 1 FROM outbox_archive WHERE resends > 1',
      (rows) => rows.length === 1,
    );
    await world.scribe();
    await world.noted([1]);
    const settled = await world.eventually<object>(
      'SELECT message_id FROM outbox_archive WHERE settled_at IS NOT NULL',
      (rows) => rows.length === 1,
    );
    expect(settled).toEqual([{ message_id: messageId }]);
    await world.noted([1]);
  });

  it('reach a tap while it listens, whether or not anybody subscribes', async () => {
    await world.relay();
    const tap = new EventTap(await world.link('tap'), 'gateway');
    const seen: number[] = [];
    const listening = new Promise<void>((resolve) => tap.onGap(resolve));
    const heard = new Promise<void>((resolve) => {
      tap.on(NoteSeen, ({ payload }) => {
        seen.push(payload.number);
        resolve();
      });
    });
    await listening;
    await runInTransaction(world.dataSource, (em) =>
      world.outbox.append(em, NoteSeen, { number: 5, text: 'seen' }, { subject: 'note-5' }),
    );
    world.outbox.wake();
    await heard;
    await tap.close();
    expect(seen).toEqual([5]);
  });
});
