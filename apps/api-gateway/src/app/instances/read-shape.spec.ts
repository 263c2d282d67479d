import type { Instance } from '@saasodoo/instances/domain';
import { parseSize } from '@saasodoo/kernel';
import { commandFor, readShape } from './read-shape';

const known: unknown = {
  cpuLimit: 1,
  memoryBytes: parseSize('1G'),
  storageBytes: parseSize('10G'),
};
const instance = known as Instance;

describe('readShape', () => {
  test('reads sizes, and only what was asked for', () => {
    expect(readShape({ storage_limit: '20G' })).toEqual({ storageBytes: parseSize('20G') });
    expect(readShape({ memory_limit: '2G', name: 'Mine' })).toEqual({
      memoryBytes: parseSize('2G'),
      name: 'Mine',
    });
  });

  test('names every size that is wrong', () => {
    expect(() => readShape({ memory_limit: '1K', storage_limit: '99M' })).toThrow(
      expect.objectContaining({
        errors: [
          expect.objectContaining({ field: 'memory_limit', code: 'size.out_of_range' }),
          expect.objectContaining({ field: 'storage_limit', code: 'size.out_of_range' }),
        ],
      }),
    );
  });

  test.each([{}, { force: true }])('refuses %j: nothing is asked for', (request) => {
    expect(() => readShape(request)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ code: 'body.empty' })] }),
    );
  });
});

describe('commandFor', () => {
  test.each([
    [{ storageBytes: parseSize('20G') }, 'scale'],
    [{ storageBytes: parseSize('5G') }, 'scale'],
    [{ storageBytes: parseSize('10G') }, 'reconfigure'],
    [{ cpuLimit: 2 }, 'scale'],
    [{ cpuLimit: 1, memoryBytes: parseSize('1G') }, 'reconfigure'],
    [{ name: 'Mine' }, 'reconfigure'],
  ] as const)('%j is asked for by %s', (shape, command) => {
    expect(commandFor(shape, instance)).toBe(command);
  });
});
