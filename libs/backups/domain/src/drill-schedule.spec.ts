import fc from 'fast-check';
import { chooseDrill, type DrillCandidate, drillRetryAt, isDrillDue } from './drill-schedule';

const HOUR_MS = 3_600_000;
const NOW = new Date(Date.UTC(2026, 5, 30));
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR_MS);

function backup(
  id: string,
  completedHoursAgo: number,
  more: { readonly drilled?: number; readonly putOff?: number; readonly times?: number } = {},
): DrillCandidate {
  return {
    ...{ id, instanceId: id.slice(0, 1), completedAt: ago(completedHoursAgo) },
    ...(more.drilled === undefined ? {} : { drilledAt: ago(more.drilled) }),
    ...(more.putOff === undefined ? {} : { putOffAt: ago(more.putOff), putOffTimes: more.times ?? 1 }),
  };
}

const anyBackup = fc.record({
  instance: fc.constantFrom('a', 'b', 'c'),
  completed: fc.integer({ min: 1, max: 500 }),
  drilled: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
});
const anyBackups = fc
  .array(anyBackup, { maxLength: 25 })
  .map((all) =>
    all.map(({ instance, completed, drilled }, index) =>
      backup(`${instance}${index}`, completed, drilled === undefined ? {} : { drilled }),
    ),
  );

describe('chooseDrill', () => {
  it.each<[string, readonly DrillCandidate[], string | undefined]>([
    ['nothing when there is nothing', [], undefined],
    ['the newest of an instance that was never drilled', [backup('a1', 50), backup('a2', 2)], 'a2'],
    [
      'one of the instance that has waited longest',
      [
        backup('a1', 30, { drilled: 20 }),
        backup('a2', 2),
        backup('b1', 40, { drilled: 25 }),
        backup('b2', 2),
      ],
      'b2',
    ],
    [
      'an instance that was never drilled before all others',
      [backup('a1', 30, { drilled: 20 }), backup('a2', 2), backup('b1', 1)],
      'b1',
    ],
    [
      'an older one that was never drilled before a repetition',
      [backup('a1', 90), backup('a2', 2, { drilled: 1 })],
      'a1',
    ],
    [
      'the one drilled longest ago when all were',
      [backup('a1', 90, { drilled: 3 }), backup('b1', 80, { drilled: 70 }), backup('b2', 2, { drilled: 1 })],
      'b1',
    ],
    ['not one that was put off a moment ago', [backup('a1', 9, { putOff: 0.1 })], undefined],
    ['one that was put off a while ago', [backup('a1', 9, { putOff: 1 })], 'a1'],
    ['somebody else before one that was put off', [backup('a1', 9, { putOff: 1 }), backup('b1', 9)], 'b1'],
  ])('chooses %s', (_what, candidates, expected) => {
    expect(chooseDrill(candidates, NOW)?.id).toBe(expected);
  });

  it('chooses one of those given, and no drilled one while there are others', () => {
    fc.assert(
      fc.property(anyBackups, (candidates) => {
        const chosen = chooseDrill(candidates, NOW);
        expect(chosen === undefined).toBe(candidates.length === 0);
        if (chosen?.drilledAt === undefined) return;
        expect(candidates.every(({ drilledAt }) => drilledAt !== undefined)).toBe(true);
      }),
    );
  });

  it('comes to every backup', () => {
    fc.assert(
      fc.property(anyBackups, (candidates) => {
        let left = candidates;
        const drilled = new Set<string>();
        for (let turn = 1; turn <= candidates.length; turn += 1) {
          const later = new Date(NOW.getTime() + turn * HOUR_MS);
          const chosen = chooseDrill(left, later);
          if (chosen === undefined) break;
          drilled.add(chosen.id);
          left = left.map((one) => (one.id === chosen.id ? { ...one, drilledAt: later } : one));
        }
        expect(drilled.size).toBe(candidates.length);
      }),
    );
  });
});

describe('isDrillDue', () => {
  const policy = { everyMs: 24 * HOUR_MS, sample: 4 };
  const pace = { underWay: 0, firstBackupAt: ago(900) };

  it.each([
    ['none were made yet', { ...pace, firstBackupAt: undefined }, false],
    ['the first backup is old enough', pace, true],
    ['the first backup is young', { ...pace, firstBackupAt: ago(1) }, false],
    ['the last one was a while ago', { ...pace, lastResultAt: ago(6) }, true],
    ['the last one was a moment ago', { ...pace, lastResultAt: ago(5.9) }, false],
    ['one is under way', { ...pace, underWay: 1 }, false],
    ['the last one was put off just now', { ...pace, lastPutOffAt: ago(0.1) }, false],
    ['the last one was put off a while ago', { ...pace, lastPutOffAt: ago(0.2) }, true],
  ])('%s: %s', (_when, { firstBackupAt, ...rest }, expected) => {
    const known = firstBackupAt === undefined ? {} : { firstBackupAt };
    expect(isDrillDue({ ...rest, ...known }, policy, NOW)).toBe(expected);
  });

  it('is never where none are wanted', () => {
    expect(isDrillDue(pace, { everyMs: 0, sample: 1 }, NOW)).toBe(false);
  });
});

describe('drillRetryAt', () => {
  it('is later each time, up to a day', () => {
    const minutes = [1, 2, 3, 20].map(
      (times) => (drillRetryAt(NOW, times).getTime() - NOW.getTime()) / 60_000,
    );
    expect(minutes).toEqual([10, 20, 40, 1440]);
  });
});
