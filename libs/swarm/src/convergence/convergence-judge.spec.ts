import { type SwarmTask } from '../tasks/swarm-task';
import { task } from '../tasks/task.test-data';
import { ConvergenceJudge, type Wanted } from './convergence-judge';

const judge = (overrides: Partial<Wanted> = {}): ConvergenceJudge =>
  new ConvergenceJudge({
    revision: 2,
    replicas: 1,
    stableMs: 0,
    blockedGraceMs: 1_000,
    maxFailures: 3,
    ...overrides,
  });

const mine = (overrides: Partial<SwarmTask> = {}): SwarmTask => task({ revision: 2, ...overrides });
const failed = (id: string, error = 'task: non-zero exit (1)'): SwarmTask =>
  mine({ id, desiredState: 'shutdown', state: 'failed', error });

describe('ConvergenceJudge', () => {
  it('is content when the wanted revision runs and nothing older lives', () => {
    const old = task({ id: 'old', state: 'shutdown', desiredState: 'shutdown' });
    expect(judge().judge([mine(), old], 0)).toEqual({ kind: 'converged', task: mine() });
  });

  it('waits while an older task is alive, even one that is being stopped', () => {
    const old = task({ id: 'old', desiredState: 'shutdown' });
    expect(judge().judge([mine(), old], 0).kind).toBe('waiting');
    expect(judge().judge([old], 0)).toEqual({ kind: 'waiting', progress: 'the previous task is ending' });
  });

  it('is not taken in by a running task of another revision, or one that is to go', () => {
    expect(judge().judge([task()], 0).kind).toBe('waiting');
    expect(judge().judge([mine({ desiredState: 'remove' })], 0).kind).toBe('waiting');
  });

  it('wants as many as there should be', () => {
    const two = judge({ replicas: 2 });
    expect(two.judge([mine({ id: 'a' })], 0).kind).toBe('waiting');
    expect(two.judge([mine({ id: 'a' }), mine({ id: 'b' })], 0).kind).toBe('converged');
  });

  it('counts stability from when these very tasks were first seen running', () => {
    const patient = judge({ stableMs: 500 });
    expect(patient.judge([mine({ id: 'a' })], 0).kind).toBe('waiting');
    expect(patient.judge([mine({ id: 'b' }), failed('a')], 500).kind).toBe('waiting');
    expect(patient.judge([mine({ id: 'b' }), failed('a')], 1_000).kind).toBe('converged');
  });

  it('gives up at once for what cannot change', () => {
    const rejected = mine({ state: 'rejected', error: 'No such image: x' });
    expect(judge().judge([rejected], 0)).toMatchObject({
      kind: 'failed',
      task: rejected,
      failure: { code: 'swarm.image_unavailable' },
    });
  });

  it('gives up after as many failures as it was told, however often it looks', () => {
    const three = judge();
    for (let look = 0; look < 5; look += 1) expect(three.judge([failed('a')], look).kind).toBe('waiting');
    expect(three.judge([failed('b')], 5).kind).toBe('waiting');
    expect(three.judge([failed('c')], 6)).toMatchObject({
      kind: 'failed',
      failure: { code: 'swarm.exited' },
    });
  });

  it('minds no failure of another revision', () => {
    const old = ['a', 'b', 'c'].map((id) => ({ ...failed(id), revision: 1 }));
    expect(judge().judge(old, 0)).toEqual({ kind: 'waiting', progress: 'no task yet' });
  });

  it('says for what a task waits, and gives up after the grace', () => {
    const pending = mine({
      state: 'pending',
      error: 'no suitable node (scheduling constraints not satisfied)',
    });
    const blocked = judge();
    expect(blocked.judge([pending], 0)).toEqual({
      kind: 'waiting',
      progress: 'pending: no suitable node (scheduling constraints not satisfied)',
    });
    expect(blocked.judge([pending], 999).kind).toBe('waiting');
    expect(blocked.judge([pending], 1_000)).toMatchObject({
      kind: 'failed',
      failure: { code: 'swarm.no_suitable_node' },
    });
  });

  it('takes a task that stays new for one without an address', () => {
    const blocked = judge();
    expect(blocked.judge([mine({ state: 'new' })], 0).kind).toBe('waiting');
    expect(blocked.judge([mine({ state: 'new' })], 1_000)).toMatchObject({
      kind: 'failed',
      failure: { code: 'swarm.address_exhausted' },
    });
  });

  it('waits patiently while an image is pulled', () => {
    const pulling = judge();
    expect(pulling.judge([mine({ state: 'preparing' })], 0)).toEqual({
      kind: 'waiting',
      progress: 'preparing',
    });
    expect(pulling.judge([mine({ state: 'preparing' })], 600_000).kind).toBe('waiting');
  });
});
