import { Answer } from '../connection/answer';
import { toUsage } from './container-usage';

const read = (memory: object): ReturnType<typeof toUsage> =>
  toUsage(
    new Answer(
      {
        read: '2026-11-27T04:17:01.335364746Z',
        cpu_stats: { cpu_usage: { total_usage: 1_500_000_000 } },
        memory_stats: memory,
      },
      'stats',
    ),
  );

describe('toUsage', () => {
  it.each([
    ['version 1', { total_inactive_file: 100, inactive_file: 30 }],
    ['version 2', { inactive_file: 100 }],
  ])('leaves out what cgroup %s could give back', (_version, stats) => {
    expect(read({ usage: 1_000, limit: 4_000, stats })).toEqual({
      measuredAt: new Date('2026-11-27T04:17:01.335Z'),
      cpuSeconds: 1.5,
      memoryBytes: 900,
      memoryLimitBytes: 4_000,
    });
  });

  it('is never below nothing, and does without details', () => {
    expect(read({ usage: 50, limit: 100, stats: { inactive_file: 60 } })?.memoryBytes).toBe(50);
    expect(read({ usage: 50, limit: 100 })?.memoryBytes).toBe(50);
  });

  it('has nothing to tell of a container that does not run', () => {
    expect(read({})).toBeUndefined();
  });
});
