import { operationKinds, operationStatuses } from '@saasodoo/operations/domain';
import { retryableKind } from './retryable-kind';

describe('what can be tried again', () => {
  it('is what failed and is no more than a wish', () => {
    const retryable = operationKinds.filter((kind) => {
      try {
        return retryableKind({ kind, status: 'failed' }) === kind;
      } catch (error) {
        expect(error).toMatchObject({ code: 'operation.not_retryable', httpStatus: 409 });
        return false;
      }
    });
    expect([...retryable].sort()).toEqual(['redeploy', 'restart', 'resume', 'start', 'stop', 'suspend']);
  });

  it.each(operationStatuses.filter((status) => status !== 'failed'))('is nothing that is %s', (status) => {
    expect(() => retryableKind({ kind: 'start', status })).toThrow(
      expect.objectContaining({ code: 'operation.not_retryable', facts: { kind: 'start', status } }),
    );
  });
});
