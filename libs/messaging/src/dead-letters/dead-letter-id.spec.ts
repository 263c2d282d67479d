import { parseDeadLetterId } from './dead-letter-id';

describe('the id of a dead letter', () => {
  const messageId = '0197f3c2-7c1e-7d11-8000-000000000001';

  it.each([
    [`inbox:provisioner:${messageId}`, { place: 'inbox', holder: 'provisioner', messageId }],
    [`outbox::${messageId}`, { place: 'outbox', holder: '', messageId }],
    [
      `broker:provisioner.instance.create.parked:${messageId}`,
      { place: 'broker', holder: 'provisioner.instance.create.parked', messageId },
    ],
  ])('%s says where it is', (id, key) => {
    expect(parseDeadLetterId(id)).toEqual(key);
  });

  it.each(['', messageId, `nowhere:x:${messageId}`, 'inbox:provisioner:1', `inbox:a:b:${messageId}`])(
    "'%s' names no message",
    (id) => {
      expect(() => parseDeadLetterId(id)).toThrow(
        expect.objectContaining({ code: 'dead_letter.unknown', httpStatus: 404 }),
      );
    },
  );
});
