import { explainInstance, type IdleStatus } from './explain-instance';

describe('explainInstance', () => {
  it.each<[IdleStatus, number, string, boolean]>([
    ['creating', 503, 'instance.creating', true],
    ['starting', 503, 'instance.starting', true],
    ['restarting', 503, 'instance.restarting', true],
    ['updating', 503, 'instance.maintenance', true],
    ['maintenance', 503, 'instance.maintenance', true],
    ['stopping', 503, 'instance.stopped', false],
    ['stopped', 503, 'instance.stopped', false],
    ['error', 503, 'instance.error', false],
    ['suspended', 402, 'instance.suspended', false],
  ])('%s is a %i %s', (status, httpStatus, code, refreshes) => {
    const explanation = explainInstance(status, 'paid');
    expect(explanation).toMatchObject({ status: httpStatus, code });
    expect(explanation.retryAfterSeconds).toBeGreaterThan(0);
    expect(explanation.refreshes ?? false).toBe(refreshes);
  });

  it.each<IdleStatus>(['terminating', 'terminated'])('%s is no longer there', (status) => {
    expect(explainInstance(status, 'paid')).toMatchObject({ status: 404, code: 'instance.not_found' });
  });

  it('says that a payment is outstanding', () => {
    expect(explainInstance('suspended', 'payment_required').detail).toContain('payment');
    expect(explainInstance('suspended', 'paid').detail).not.toContain('payment');
  });
});
