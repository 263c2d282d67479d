import { explainInstance, type ExplainedRoute } from './explain-instance';

const running: ExplainedRoute = {
  status: 'running',
  desiredState: 'running',
  billingStatus: 'paid',
  suspensionMessage: null,
};

describe('explainInstance', () => {
  it('has nothing to explain about a running instance', () => {
    expect(explainInstance(running)).toBeUndefined();
  });

  it.each<[ExplainedRoute['status'], number, string, boolean]>([
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
    const explanation = explainInstance({ ...running, status });
    expect(explanation).toMatchObject({ status: httpStatus, code });
    expect(explanation?.retryAfterSeconds).toBeGreaterThan(0);
    expect(explanation?.refreshes ?? false).toBe(refreshes);
  });

  it.each<ExplainedRoute['status']>(['terminating', 'terminated'])('%s is no longer there', (status) => {
    const gone = { ...running, status, desiredState: 'suspended' } as const;
    expect(explainInstance(gone)).toMatchObject({ status: 404, code: 'instance.not_found' });
  });

  describe('a suspension', () => {
    const suspended: ExplainedRoute = { ...running, desiredState: 'suspended' };

    it('counts from the moment it is wanted', () => {
      expect(explainInstance(suspended)).toMatchObject({ status: 402, code: 'instance.suspended' });
    });

    it('says what was said about it', () => {
      expect(explainInstance({ ...suspended, suspensionMessage: 'Ask us.' })?.detail).toBe('Ask us.');
    });

    it('says that a payment is outstanding', () => {
      expect(explainInstance({ ...suspended, billingStatus: 'payment_required' })?.detail).toContain(
        'payment',
      );
      expect(explainInstance(suspended)?.detail).not.toContain('payment');
    });
  });
});
