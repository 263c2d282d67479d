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
const late = new Date(10_000);
const undoing = turnedBack(twice, { code: 'x', message: 'x' });

describe('afterFailure', () => {
  it.each([
    { name: 'retries what may work later', operation: once, error: retryable, now: soon, decision: 'retry' },
    {
      name: 'retries what nobody classified',
      operation: once,
      error: new Error('?'),
      now: soon,
      decision: 'retry',
    },
    {
      name: 'turns back when it cannot work',
      operation: once,
      error: terminal,
      now: soon,
      decision: 'turn-back',
    },
    {
      name: 'turns back after the last attempt',
      operation: twice,
      error: retryable,
      now: soon,
      decision: 'turn-back',
    },
    {
      name: 'turns back when it takes too long',
      operation: once,
      error: retryable,
      now: late,
      decision: 'turn-back',
    },
    {
      name: 'does not hold against data how long they take',
      operation: { ...once, kind: 'restore' as const },
      error: retryable,
      now: late,
      decision: 'retry',
    },
    {
      name: 'gives data up after the last attempt all the same',
      operation: { ...twice, kind: 'restore' as const },
      error: retryable,
      now: soon,
      decision: 'turn-back',
    },
    {
      name: 'never gives up what cannot be turned back',
      operation: { ...twice, kind: 'terminate' as const },
      error: retryable,
      now: late,
      decision: 'retry',
    },
    { name: 'never gives up undoing', operation: undoing, error: terminal, now: late, decision: 'retry' },
  ])('$name', ({ operation, error, now, decision }) => {
    expect(afterFailure(operation, { error, step, now }, policy)).toBe(decision);
  });
});
