import { afterProbe, isAnswer, probeDelay, type ProbeResult } from './probe-result';

const at = new Date(0);

function after(...statuses: (number | undefined)[]): ProbeResult {
  let result: ProbeResult | undefined;
  for (const status of statuses) result = afterProbe(result, 'task', { status, probedAt: at });
  return result ?? { taskId: '', answered: false, misses: 0, probedAt: at };
}

describe('probing', () => {
  it.each<[number | undefined, boolean]>([
    [200, true],
    [303, true],
    [404, true],
    [500, false],
    [502, false],
    [undefined, false],
  ])('takes %p for an answer: %p', (status, answers) => {
    expect(isAnswer(status)).toBe(answers);
  });

  it('counts silences since the last answer', () => {
    expect(after(200, undefined, 503)).toMatchObject({ answered: true, misses: 2, status: 503 });
    expect(after(200, undefined)).not.toHaveProperty('status');
    expect(after(undefined, 200)).toMatchObject({ answered: true, misses: 0 });
    expect(after(undefined, undefined)).toMatchObject({ answered: false, misses: 2 });
  });

  it('knows nothing of a new task from the one before', () => {
    const result = afterProbe(after(200), 'next', { status: undefined, probedAt: at });
    expect(result).toEqual({ taskId: 'next', answered: false, misses: 1, probedAt: at });
  });

  it('asks again soon after silence, then ever more seldom, and never more seldom than usual', () => {
    const delays = [
      after(200),
      after(undefined),
      after(undefined, undefined),
      after(...Array<undefined>(30)),
    ];
    expect(delays.map((result) => probeDelay(result, 10_000, 500))).toEqual([10_000, 500, 1_000, 10_000]);
  });
});
