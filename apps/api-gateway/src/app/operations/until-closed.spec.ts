import { EventEmitter } from 'node:events';
import { untilClosed } from './until-closed';

describe('untilClosed', () => {
  it('aborts when the client leaves', () => {
    const answer = Object.assign(new EventEmitter(), { closed: false });
    const signal = untilClosed(answer);
    expect(signal.aborted).toBe(false);
    answer.emit('close');
    expect(signal.aborted).toBe(true);
  });

  it('is aborted from the start when the client has left before anybody looked', () => {
    expect(untilClosed(Object.assign(new EventEmitter(), { closed: true })).aborted).toBe(true);
  });
});
