import type { EntityManager } from 'typeorm';
import { MessageContext } from './message-context';

const row = {
  message_id: 'command',
  type: 'note.write.v1',
  subject: 'note-1',
  payload: {},
  headers: { 'cloudEvents:correlationid': 'request', 'cloudEvents:traceparent': '00-a-b-01' },
  attempts: 2,
  fence: '2',
};
const em = {} as EntityManager;

describe('MessageContext', () => {
  it('continues the story of its message', () => {
    expect(new MessageContext(row, em).outgoing()).toEqual({
      subject: 'note-1',
      correlationId: 'request',
      causationId: 'command',
      traceparent: '00-a-b-01',
    });
  });

  it('begins a story when its message has none', () => {
    const context = new MessageContext({ ...row, headers: {} }, em);
    expect(context).toMatchObject({ correlationId: 'command', causationId: undefined, attempt: 2 });
  });

  it('runs what is due after the commit, then and not before', () => {
    const context = new MessageContext(row, em);
    const woken = jest.fn();
    context.afterCommit(woken);
    expect(woken).not.toHaveBeenCalled();
    context.committed();
    expect(woken).toHaveBeenCalledTimes(1);
  });
});
