import { ContractRegistry, CreateInstance, defineEvent, InstanceCreatedPayload } from '@saasodoo/contracts';
import { assertHandlersComplete } from './assert-handlers-complete';

const Seen = defineEvent({
  name: 'thing.seen',
  version: 1,
  payload: InstanceCreatedPayload,
  subscribers: ['provisioner'],
});
const contracts = new ContractRegistry([CreateInstance, Seen]);
const complete: [string, string[]][] = [
  ['instance.create.v1', ['CreateHandler.execute']],
  ['thing.seen.v1', ['SeenHandler.note']],
];

function start(app: string, handlers: [string, string[]][]): () => void {
  return () => assertHandlersComplete(app, new Map(handlers), contracts);
}

describe('assertHandlersComplete', () => {
  it('lets a complete app start', () => {
    expect(start('provisioner', complete)).not.toThrow();
  });

  it('says how to handle a command that nothing handles', () => {
    expect(start('provisioner', complete.slice(1))).toThrow(
      /instance\.create\.v1 is owned by provisioner, but nothing handles it: decorate .* apps\/provisioner .*@HandleCommand/,
    );
  });

  it('names both handlers of a doubled command', () => {
    expect(start('provisioner', [...complete.slice(1), ['instance.create.v1', ['A.one', 'B.two']]])).toThrow(
      /has 2 handlers, A\.one and B\.two: keep one/,
    );
  });

  it('says how to handle an event that nothing handles', () => {
    expect(start('provisioner', complete.slice(0, 1))).toThrow(/subscribes to the event thing\.seen\.v1/);
  });

  it('sends a handler to the owner of its command', () => {
    expect(start('edge', [['instance.create.v1', ['A.one']]])).toThrow(
      /A\.one handles .* which provisioner owns/,
    );
  });

  it('refuses an event that the app does not subscribe to, and an unknown contract', () => {
    expect(start('edge', [['thing.seen.v1', ['A.one']]])).toThrow(/add 'edge' to the contract's subscribers/);
    expect(start('edge', [['other.v1', ['A.one']]])).toThrow(/no known contract/);
  });
});
