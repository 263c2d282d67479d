import fc from 'fast-check';
import { backupsToPrune, nextBackupAt } from './retention';

const DAY_MS = 86_400_000;
const policy = { daily: 7, weekly: 4, monthly: 12 };
const daysAgo = (days: number): Date => new Date(Date.UTC(2026, 5, 30, 2) - days * DAY_MS);
const backups = (days: readonly number[]) =>
  days.map((day, index) => ({ id: String(index), createdAt: daysAgo(day) }));

const anyBackups = fc.array(fc.integer({ min: 0, max: 800 }), { maxLength: 60 }).map(backups);
const anyPolicy = fc.record({ daily: fc.nat(10), weekly: fc.nat(6), monthly: fc.nat(14) });

describe('backupsToPrune', () => {
  it('keeps the last days, then one of each week, then one of each month', () => {
    const all = backups(Array.from({ length: 400 }, (_, day) => day));
    const pruned = new Set(backupsToPrune(all, policy));
    const kept = all
      .filter((backup) => !pruned.has(backup))
      .map(({ createdAt }) => createdAt.toISOString().slice(0, 10));
    expect(kept).toEqual([
      ...['2026-06-30', '2026-06-29', '2026-06-28', '2026-06-27', '2026-06-26', '2026-06-25', '2026-06-24'],
      ...['2026-06-21', '2026-06-14', '2026-05-31', '2026-04-30', '2026-03-31', '2026-02-28', '2026-01-31'],
      ...['2025-12-31', '2025-11-30', '2025-10-31', '2025-09-30', '2025-08-31', '2025-07-31'],
    ]);
  });

  it('never takes the newest one, and never one that is not there', () => {
    fc.assert(
      fc.property(anyBackups, anyPolicy, (all, some) => {
        const pruned = backupsToPrune(all, some);
        const newest = Math.max(...all.map(({ createdAt }) => createdAt.getTime()));
        const left = all.filter((backup) => !pruned.includes(backup));
        expect(pruned.every((backup) => all.includes(backup))).toBe(true);
        if (all.length > 0) expect(left.some(({ createdAt }) => createdAt.getTime() === newest)).toBe(true);
      }),
    );
  });

  it('is done once it was done', () => {
    fc.assert(
      fc.property(anyBackups, anyPolicy, (all, some) => {
        const pruned = backupsToPrune(all, some);
        expect(
          backupsToPrune(
            all.filter((backup) => !pruned.includes(backup)),
            some,
          ),
        ).toEqual([]);
      }),
    );
  });
});

describe('nextBackupAt', () => {
  it('is later, within a day, at that time', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (after, hour, minute) => {
          const next = nextBackupAt(after, { hour, minute });
          const wait = next.getTime() - after.getTime();
          expect([wait > 0, wait <= DAY_MS]).toEqual([true, true]);
          expect([next.getUTCHours(), next.getUTCMinutes()]).toEqual([hour, minute]);
        },
      ),
    );
  });
});
