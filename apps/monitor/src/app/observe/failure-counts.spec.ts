import { failedTask, NOW } from '../sights.fixture';
import { FailureCounts } from './failure-counts';

const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('FailureCounts', () => {
  it('remembers failures that Swarm has forgotten, each once, for ten minutes', () => {
    const counts = new FailureCounts();
    const [old, young] = [failedTask(60, 'x'), failedTask(5, 'x')];
    expect(counts.count('one', [young, old], NOW)).toBe(2);
    expect(counts.count('one', [young], NOW)).toBe(2);
    expect(counts.count('one', [], later(560))).toBe(1);
    expect(counts.count('one', [], later(600))).toBe(0);
    expect(counts.count('other', [], NOW)).toBe(0);
  });
});
