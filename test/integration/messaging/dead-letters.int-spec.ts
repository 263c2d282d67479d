import { AppError, until as kernelUntil } from '@saasodoo/kernel';
import { DeadLetters, ParkedQueues } from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import { MessageWorld, numbers } from './message-world';
import { noteContracts, NoteWritten, WriteNote } from './note.contract';
import { writeDown } from './write-down';

jest.setTimeout(240_000);

describe('dead letters', () => {
  let world: MessageWorld;
  let letters: DeadLetters;

  beforeEach(async () => {
    world = await MessageWorld.open();
    letters = new DeadLetters(world.dataSource, world.outbox);
  });

  afterEach(() => world.close());

  /** A scribe that refuses every note until it is told otherwise. */
  async function moodyScribe(): Promise<{ refuses: boolean }> {
    const mood = { refuses: true };
    await world.app('scribe', {
      [WriteNote.type]: async (note, context) => {
        if (mood.refuses) throw AppError.terminal('note.unreadable', 'cannot be read');
        await writeDown(note, context);
      },
    });
    return mood;
  }

  it('of an inbox are listed by page, looked into, and sent again one by one or all of a type', async () => {
    await world.relay();
    const mood = await moodyScribe();
    const [first] = await world.send(numbers(5));
    await world.eventually(`SELECT 1 FROM inbox WHERE status = 'parked'`, (rows) => rows.length === 5);
    const page = await letters.list({ place: 'inbox', type: WriteNote.type }, { limit: 2, offset: 4 });
    expect(page).toMatchObject({ total: 5, letters: [{ holder: 'scribe', attempts: 1 }] });
    expect(await letters.counts()).toEqual([
      { place: 'inbox', holder: 'scribe', type: WriteNote.type, count: 5 },
    ]);
    const id = `inbox:scribe:${first}`;
    expect(await letters.inspect(id)).toMatchObject({
      error: 'note.unreadable: cannot be read',
      payload: { number: 1, text: 'note' },
    });
    mood.refuses = false;
    await letters.redrive(id);
    await world.noted([1]);
    await expect(letters.redrive(id)).rejects.toMatchObject({ code: 'dead_letter.unknown', httpStatus: 404 });
    expect(await letters.redriveAll({ type: 'another.type.v1' })).toBe(0);
    expect(await letters.redriveAll({ type: WriteNote.type })).toBe(4);
    await world.noted(numbers(5));
    expect(await letters.list()).toEqual({ letters: [], total: 0 });
  });

  it('of the outbox go back to the relay', async () => {
    await runInTransaction(world.dataSource, async (em) => {
      await world.outbox.append(em, NoteWritten, { number: 1, text: 'lost' }, { subject: 'note-1' });
      await em.query(`UPDATE outbox SET routing_key = 'nowhere', attempts = 4`);
    });
    await world.relay();
    const { letters: found } = await until(async () => {
      const listed = await letters.list({ place: 'outbox' });
      return listed.letters.length === 1 ? listed : undefined;
    });
    await world.dataSource.query(`UPDATE outbox_parked SET routing_key = $1`, [NoteWritten.routingKey]);
    await world.app('reader', { [NoteWritten.type]: writeDown });
    await letters.redrive(found[0]!.id);
    await world.noted([1]);
    expect(await letters.list()).toEqual({ letters: [], total: 0 });
  });

  it('that nobody can read are shown as bytes and not sent again', async () => {
    await world.scribe();
    const link = await world.link('stranger');
    const headers = {};
    const { exchange, routingKey, type } = WriteNote;
    const body = Buffer.from('no JSON');
    await link.publish({ exchange, routingKey, type, headers, body, messageId: 'x', mandatory: true });
    await world.eventually(`SELECT 1 FROM inbox WHERE status = 'parked'`, (rows) => rows.length === 1);
    const [letter] = (await letters.list()).letters;
    expect((await letters.inspect(letter!.id)).raw).toEqual(body);
    await expect(letters.redrive(letter!.id)).rejects.toMatchObject({ code: 'dead_letter.unreadable' });
    expect(await letters.redriveAll({})).toBe(0);
  });

  describe('in the broker', () => {
    let queues: ParkedQueues;

    beforeEach(async () => {
      const link = await world.link('janitor');
      queues = new ParkedQueues(world.dataSource, link, noteContracts);
      await until(async () => (link.connected ? true : undefined));
    });

    /** As a consumer would that rejects everything: the broker then parks it. */
    async function reject(queue: string): Promise<void> {
      const channel = await (await world.link('rejecting')).createChannel();
      const message = await until(async () => (await channel.get(queue)) || undefined);
      channel.reject(message, false);
      await until(async () => ((await queues.depths()).length > 0 ? true : undefined));
      await channel.close();
    }

    it('are brought into PostgreSQL, and from there to their handler', async () => {
      const relay = await world.relay();
      const [messageId] = await world.send([1]);
      await reject('scribe.note.write');
      await relay.stop();
      expect(await queues.depths()).toEqual([{ queue: 'scribe.note.write.parked', messages: 1 }]);
      expect(await queues.collect()).toBe(1);
      expect(await queues.depths()).toEqual([]);
      const id = `broker:scribe.note.write.parked:${messageId}`;
      expect(await letters.inspect(id)).toMatchObject({
        type: WriteNote.type,
        error: 'rejected in scribe.note.write',
        payload: { number: 1, text: 'note' },
      });
      await world.scribe();
      await world.relay();
      await letters.redrive(id);
      await world.noted([1]);
      expect(await letters.list()).toEqual({ letters: [], total: 0 });
    });

    it('are known again when they die again, and dropped when their app has them', async () => {
      await world.relay({ resendAfterMs: 50, sweepEveryMs: 50 });
      await world.send([1]);
      await reject('scribe.note.write');
      expect(await queues.collect()).toBe(1);
      await reject('scribe.note.write');
      expect(await queues.collect()).toBe(1);
      const { letters: found, total } = await letters.list({ place: 'broker' });
      expect([total, found[0]?.attempts]).toEqual([1, 2]);
      await reject('scribe.note.write');
      await world.scribe();
      await world.noted([1]);
      expect(await queues.collect()).toBe(0);
    });

    it('that are copies of what is sent again anyway are not kept twice', async () => {
      await runInTransaction(world.dataSource, async (em) => {
        await world.outbox.append(em, WriteNote, { number: 1, text: 'lost' }, { subject: 'note-1' });
        await em.query(`UPDATE outbox SET routing_key = 'nowhere'`);
      });
      await world.relay();
      await until(async () => ((await queues.depths()).length > 0 ? true : undefined));
      expect(await queues.collect()).toBe(0);
      expect(await queues.depths()).toEqual([]);
    });

    it('of strangers are kept with where they were going', async () => {
      const link = await world.link('stranger');
      await link.publish({
        exchange: WriteNote.exchange,
        routingKey: 'note.burn.v1',
        messageId: 'x',
        type: 'note.burn.v1',
        headers: { a: 'b' },
        body: Buffer.from('{"text":"\\ud800"}'),
        mandatory: true,
      });
      await until(async () => ((await queues.depths()).length > 0 ? true : undefined));
      expect(await queues.collect()).toBe(1);
      const rows: object[] = await world.dataSource.query(
        'SELECT queue, exchange, routing_key, payload, last_error FROM broker_parked',
      );
      expect(rows).toEqual([
        {
          queue: 'unroutable',
          exchange: WriteNote.exchange,
          routing_key: 'note.burn.v1',
          payload: null,
          last_error: 'no queue took it',
        },
      ]);
    });

    it('are all sent again by type, also events', async () => {
      const relay = await world.relay();
      await runInTransaction(world.dataSource, (em) =>
        world.outbox.append(em, NoteWritten, { number: 4, text: 'seen' }, { subject: 'note-4' }),
      );
      world.outbox.wake();
      await reject('reader.events');
      await relay.stop();
      await queues.collect();
      await world.app('reader', { [NoteWritten.type]: writeDown });
      await world.relay();
      expect(await letters.redriveAll({ type: NoteWritten.type })).toBe(1);
      await world.noted([4]);
    });
  });
});

function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  return kernelUntil(look, () => new Error('the condition did not come true'), {
    withinMs: 30_000,
    everyMs: 20,
  });
}
