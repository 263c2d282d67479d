import { AppError, toErrorRecord } from '@saasodoo/kernel';
import fc from 'fast-check';
import { afterFailure, type FailurePolicy } from './after-failure';
import { type Move, nextMove } from './next-move';
import { isTerminal, type Operation } from './operation';
import {
  begun,
  ended,
  putBack,
  stepBegun,
  stepCompensated,
  stepDone,
  stepFailed,
  stepUndoFailed,
  turnedBack,
} from './operation-changes';
import { stepListOf } from './operation-kind';
import { queuedOperation } from './operation.fixture';

const now = new Date(1_000);
const policy: FailurePolicy = { maxStepAttempts: 3, operationTimeoutMs: 60_000 };
const names = stepListOf('create');
const undoable = (name: string) => !name.startsWith('await-');

type Fate = 'works' | 'crash before' | 'crash after' | 'retryable' | 'terminal' | 'cancel';
const fate: fc.Arbitrary<Fate> = fc.constantFrom(
  'works',
  'crash before',
  'crash after',
  'retryable',
  'terminal',
  'cancel',
);

/** A world of effects beside the operation, changed as a worker would that meets one fate after another. */
class World {
  operation: Operation = { ...queuedOperation(), status: 'running' };
  readonly effects = new Set<string>();
  readonly moves: Move[] = [];

  meet(what: Fate): void {
    if (what === 'cancel') {
      this.operation = { cancelRequestedAt: now, ...this.operation };
      return;
    }
    const move = nextMove(this.operation, undoable);
    if (move === undefined) return;
    this.moves.push(move);
    if (move.move === 'run') this.run(move.step, what);
    else if (move.move === 'undo') this.undo(move.step, what);
    else if (what === 'works') this.settle(move);
  }

  private run(step: string, what: Fate): void {
    this.operation = stepBegun(this.operation, step, now);
    if (what === 'crash before') return;
    if (what === 'retryable' || what === 'terminal') return this.fail(step, what);
    this.effects.add(step);
    if (what === 'works') this.operation = stepDone(this.operation, step, { status: 'done' }, now);
  }

  private undo(step: string, what: Fate): void {
    if (what === 'crash before') return;
    if (what === 'retryable' || what === 'terminal') return this.fail(step, what);
    this.effects.delete(step);
    if (what === 'works') this.operation = stepCompensated(this.operation, step, now);
  }

  private fail(step: string, what: 'retryable' | 'terminal'): void {
    const error = AppError[what](`test.${what}`, what);
    const decision = afterFailure(this.operation, { error, step, now }, policy);
    const record = toErrorRecord(error);
    const failed =
      this.operation.status === 'compensating'
        ? stepUndoFailed(this.operation, step, record)
        : stepFailed(this.operation, step, record, now);
    this.operation = decision === 'retry' ? putBack(failed) : turnedBack(failed, record);
  }

  private settle(move: Move): void {
    if (move.move === 'begin') this.operation = begun(this.operation, now);
    if (move.move === 'turn-back') this.operation = turnedBack(this.operation, move.error);
    if (move.move === 'finish') this.operation = ended(this.operation, move.status, now);
  }
}

function live(fates: Fate[]): World {
  const world = new World();
  fates.forEach((one) => world.meet(one));
  for (let left = 100; left > 0 && !isTerminal(world.operation); left -= 1) world.meet('works');
  return world;
}

describe('nextMove', () => {
  it('begins, runs the steps in order, and finishes', () => {
    const { moves, operation } = live([]);
    expect(moves.map((move) => ('step' in move ? move.step : move.move))).toEqual([
      'begin',
      ...names,
      'finish',
    ]);
    expect(operation.status).toBe('succeeded');
  });

  it('undoes what may have an effect in reverse, the failed step included', () => {
    const { moves, operation } = live(['works', 'works', 'works', 'works', 'terminal']);
    expect(moves.filter(({ move }) => move === 'undo').map((move) => 'step' in move && move.step)).toEqual(
      names.slice(0, 4).reverse(),
    );
    expect(operation).toMatchObject({ status: 'failed', error: { code: 'test.terminal' } });
  });

  it('turns back without having begun when it is cancelled while it waits', () => {
    const { moves, operation } = live(['cancel']);
    expect(moves.map(({ move }) => move)).toEqual(['turn-back', 'finish']);
    expect(operation.status).toBe('cancelled');
  });

  it('lets an operation succeed whose steps were all done when it was cancelled', () => {
    const { operation } = live([...Array<Fate>(names.length + 1).fill('works'), 'cancel']);
    expect(operation.status).toBe('succeeded');
  });

  it('ends in any order of crashes, failures and cancellation, with every effect or none', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 60 }), (fates) => {
        const { operation, effects } = live(fates);
        expect(isTerminal(operation)).toBe(true);
        const left = [...effects].filter(undoable);
        expect(left).toEqual(operation.status === 'succeeded' ? names.filter(undoable) : []);
      }),
      { numRuns: 500 },
    );
  });

  it('never runs a step again once it turned back, nor undoes a step twice', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 60 }), (fates) => {
        const { moves, operation } = live(fates);
        const turn = moves.findIndex(({ move }) => move === 'undo');
        expect(
          turn === -1 || moves.slice(turn).every(({ move }) => move === 'undo' || move === 'finish'),
        ).toBe(true);
        expect(
          operation.steps.every(({ status }) => status !== 'running' || operation.status !== 'succeeded'),
        ).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
