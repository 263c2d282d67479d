import { crashPointsOf } from './crash-points';
import { cancellableKinds, operationKinds, stepListOf } from './operation-kind';

describe('crashPointsOf', () => {
  it('names every boundary of terminate, in the order it is passed', () => {
    const { forward, undo } = crashPointsOf('terminate');
    expect(forward.slice(0, 4)).toEqual([
      'terminate.claimed',
      'terminate.remove-service.before',
      'terminate.remove-service.effect',
      'terminate.remove-service.checkpointed',
    ]);
    expect(forward.slice(-2)).toEqual(['terminate.finishing', 'terminate.finished']);
    expect(undo[0]).toBe('terminate.remove-directory.undo-before');
  });

  it.each(operationKinds)('names each boundary of %s once', (kind) => {
    const { forward, undo } = crashPointsOf(kind);
    const all = [...forward, ...undo];
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(stepListOf(kind).length * 6 + 3);
  });
});

describe('cancellableKinds', () => {
  it('lets creating be called off, but not terminating', () => {
    expect(cancellableKinds).toEqual(['create', 'backup', 'restore-new', 'drill', 'import']);
  });
});
