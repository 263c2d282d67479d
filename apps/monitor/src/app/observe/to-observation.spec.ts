import type { NewObservation } from '@saasodoo/instances/domain';
import { ago, instance, NOW, service, task } from '../sights.fixture';
import { isSameSight, toObservation } from './to-observation';

const network = {
  id: 'network-1',
  name: 'tenants',
  labels: {},
  subnets: [],
  attachable: true,
  internal: false,
};
const swarm = { secretNames: new Set(['secret-1']), networks: [network] };
const health = {
  healthy: 'true',
  reason: 'Serving',
  message: 'Odoo runs and answers.',
  failures: [],
} as const;

function observe(
  change: Partial<Parameters<typeof toObservation>[0]> = {},
  snapshot: Parameters<typeof toObservation>[1] = swarm,
): NewObservation {
  const seen = {
    instanceId: instance().id,
    health: { ...health, task: task() },
    service: service(),
    failures: 0,
    usage: undefined,
    probe: undefined,
    ...change,
  };
  return toObservation(seen, snapshot, { network: 'tenants', observedAt: NOW });
}

describe('toObservation', () => {
  it('keeps what is known and leaves out what is not', () => {
    expect(observe()).toEqual({
      instanceId: instance().id,
      healthy: 'true',
      reason: 'Serving',
      message: 'Odoo runs and answers.',
      service: { id: 'service-1', replicas: 1, fingerprint: 'f', createdAt: ago(3_600) },
      task: {
        id: 'task-1',
        state: 'running',
        nodeId: 'node-1',
        containerId: 'container-1',
        since: ago(3_600),
      },
      failures: 0,
      secretPresent: true,
      networkPresent: true,
      observedAt: NOW,
    });
    expect(Object.keys(observe({ service: undefined, health }))).not.toEqual(
      expect.arrayContaining(['service']),
    );
  });

  it('sees a secret that is gone, and a network that is another one now', () => {
    expect(observe({}, { ...swarm, secretNames: new Set() }).secretPresent).toBe(false);
    expect(observe({}, { ...swarm, networks: [{ ...network, id: 'network-2' }] }).networkPresent).toBe(false);
    const alone = { service: undefined };
    expect(observe(alone, { ...swarm, networks: [{ ...network, id: 'network-2' }] }).networkPresent).toBe(
      true,
    );
    expect(observe(alone, { ...swarm, networks: [] }).networkPresent).toBe(false);
  });

  it('cuts what Docker says to what an event may carry', () => {
    const message = 'x'.repeat(5_000);
    expect(observe({ health: { ...health, message } }).message).toHaveLength(2_000);
  });

  it('takes for the same what differs in measurements only, in whatever order its fields are', () => {
    const one = observe();
    const measured = { ...one, usage: { cpuPercent: 3, memoryBytes: 4 }, probedAt: NOW, observedAt: ago(9) };
    const reordered = Object.fromEntries(Object.entries(measured).reverse()) as typeof measured;
    expect(isSameSight(one, reordered)).toBe(true);
    expect(isSameSight(one, { ...one, failures: 1 })).toBe(false);
    expect(isSameSight(one, { ...one, message: 'other' })).toBe(false);
    expect(isSameSight(one, observe({ service: service({ replicas: 0 }) }))).toBe(false);
  });
});
