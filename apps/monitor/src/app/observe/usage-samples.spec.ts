import { ago, NOW } from '../sights.fixture';
import { usageBetween } from './usage-samples';

const measured = (measuredAt: Date, cpuSeconds: number) => ({
  measuredAt,
  cpuSeconds,
  memoryBytes: 1_000,
  memoryLimitBytes: 2_000,
});

describe('usageBetween', () => {
  it('is the growth of CPU time over time, in hundredths of a CPU', () => {
    expect(usageBetween(measured(ago(10), 5), measured(NOW, 7.5))).toEqual({
      cpuPercent: 25,
      memoryBytes: 1_000,
    });
  });

  it('is nothing when no time has passed, or the clock of the node went back', () => {
    expect(usageBetween(measured(NOW, 5), measured(NOW, 6)).cpuPercent).toBe(0);
    expect(usageBetween(measured(NOW, 5), measured(ago(10), 6)).cpuPercent).toBe(0);
  });
});
