import { task } from '../tasks/task.test-data';
import { node } from './node.test-data';
import { place } from './placement';

describe('place', () => {
  it('counts what tasks that live have reserved', () => {
    const reservations = { cpus: 1.5, memoryBytes: 600 };
    const nodes = [node()];
    const living = { nodes, tasks: [task({ reservations })] };
    expect(place({ cpus: 0.5, memoryBytes: 400 }, [], living)).toMatchObject({
      fits: true,
      nodeIds: ['node-1'],
    });
    expect(place({ cpus: 1 }, [], living).fits).toBe(false);
    expect(place({ memoryBytes: 401 }, [], living).fits).toBe(false);
    const ended = { nodes, tasks: [task({ reservations, state: 'failed' })] };
    expect(place({ cpus: 2 }, [], ended).fits).toBe(true);
  });

  it.each([{ state: 'down' }, { availability: 'drain' }, { availability: 'pause' }] as const)(
    'passes over a node that is %p',
    (overrides) => {
      expect(place({}, [], { nodes: [node(overrides)], tasks: [] }).fits).toBe(false);
    },
  );

  it.each([
    ['node.labels.zone==a', true],
    ['node.labels.zone == A', true],
    ['node.labels.zone!=a', false],
    ['node.labels.other!=a', true],
    ['node.labels.other==a', false],
    ['engine.labels.disk==ssd', true],
    ['node.role==worker', true],
    ['node.hostname==beta', false],
    ['node.platform.os==linux', true],
    ['node.labels.zone=a', false],
  ])('holds %s to be %p', (constraint, fits) => {
    expect(place({}, [constraint], { nodes: [node()], tasks: [] }).fits).toBe(fits);
  });

  it('says how far the search came', () => {
    const nodes = [node(), node({ id: 'node-2', state: 'down' })];
    expect(place({ cpus: 9 }, ['node.labels.zone==a'], { nodes, tasks: [] }).reason).toBe(
      '0 of 2 nodes fit: 1 are available, 1 of them satisfy the constraints, 0 of those have 9 CPUs and 0 bytes unreserved',
    );
  });
});
