import { AppError } from '@saasodoo/kernel';
import { afterFailure } from './after-failure';
import { begun, stepBegun, turnedBack } from './operation-changes';
import { queuedOperation } from './operation.fixture';

const policy = { maxStepAttempts: 2, operationTimeoutMs: 10_000 };
const step = 'create-database';
const retryable = AppError.retryable('test.retryable', 'not now');
const terminal = AppError.terminal('test.terminal', 'never');
const start = new Date(0);
const soon = new Date(1_000);
const once = stepBegun(begun({ ...queuedOperation(), status: 'running' }, start), step, start);
const twice = stepBegun(once, step, soon);

describe('afterFailure', () => {
  it.each([
    ['retries what may work later', once, retryable, soon, 'retry'],
    ['retries what nobody classified', once, new Error('?'), soon, 'retry'],
    ['turns back when it cannot work', once, terminal, soon, 'turn-back'],
    ['turns back after the last attempt', twice, retryable, soon, 'turn-back'],
    ['turns back when the operation takes too long', once, retryable, new Date(10_000), 'turn-back'],
    [
      'never gives up undoing',
      turnedBack(twice, { code: 'x', message: 'x' }),
      terminal,
      new Date(10_000),
      'retry',
    ],
  ])('%s', (_, operation, error, now, decision) => {
    expect(afterFailure(operation, { error, step, now }, policy)).toBe(decision);
  });
});
