import { isUuid } from '@saasodoo/kernel';
import type { ConsumeMessage } from 'amqplib';
import { toHeaders } from '../cloud-event-headers';
import { toIncomingMessage } from './incoming-message';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const headers = toHeaders({
  id,
  type: 'note.write.v1',
  source: '/saasodoo/tests',
  subject: 'note-1',
  time: '2026-01-01T00:00:00.000Z',
  correlationid: id,
});

function delivery(body: string, properties: object = { headers }): ConsumeMessage {
  const fields = { exchange: 'saasodoo.commands', routingKey: 'note.write.v1' };
  return { content: Buffer.from(body), properties, fields } as ConsumeMessage;
}

describe('toIncomingMessage', () => {
  it('reads the CloudEvents attributes', () => {
    expect(toIncomingMessage(delivery('{"number":1}'))).toMatchObject({
      messageId: id,
      type: 'note.write.v1',
      subject: 'note-1',
      payload: '{"number":1}',
      defect: undefined,
    });
  });

  it('falls back to the properties of AMQP', () => {
    const properties = { messageId: id, type: 'note.write.v1' };
    expect(toIncomingMessage(delivery('{}', properties))).toMatchObject({
      messageId: id,
      type: 'note.write.v1',
    });
  });

  it('gives a message without a UUID the same id each time it comes', () => {
    const [once, again, other] = ['{}', '{}', '[]'].map(
      (body) => toIncomingMessage(delivery(body, {})).messageId,
    );
    expect(isUuid(String(once))).toBe(true);
    expect(again).toBe(once);
    expect(other).not.toBe(once);
  });

  it.each(['', 'no JSON', '{"text":"\\u0000"}'])('describes the defect of the body %p', (body) => {
    const message = toIncomingMessage(delivery(body));
    expect(message.payload).toBeUndefined();
    expect(message.defect).toContain('is not JSON');
  });
});
