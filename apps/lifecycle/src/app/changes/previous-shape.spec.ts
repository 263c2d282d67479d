import type { Instance } from '@saasodoo/instances/domain';
import { instanceBefore, previousShape } from './previous-shape';

const input = { previous: { cpu_limit: 0.5, memory_bytes: 512, environment: { TZ: 'UTC' } } };
const instance = { generation: 3, cpuLimit: 2, memoryBytes: 1024, environment: { A: 'b' } } as unknown;

describe('previousShape', () => {
  it('is what the operation replaced', () => {
    expect(previousShape({ input, generation: 3 }, { generation: 3 })).toEqual({
      cpuLimit: 0.5,
      memoryBytes: 512,
      environment: { TZ: 'UTC' },
    });
  });

  it('is nothing for an operation that changes no shape, and for one that a newer wish took the place of', () => {
    expect(previousShape({ input: {}, generation: 3 }, { generation: 3 })).toBeUndefined();
    expect(previousShape({ input, generation: 3 }, { generation: 4 })).toBeUndefined();
  });

  it('gives the instance as it was, without variables where it had none', () => {
    const bare = { previous: { ...input.previous, environment: null } };
    const before = instanceBefore({ input: bare, generation: 3 }, instance as Instance);
    expect(before).toEqual({ generation: 3, cpuLimit: 0.5, memoryBytes: 512 });
  });
});
