import type { Instance, InstanceStatus, Observation } from '@saasodoo/instances/domain';
import { desiredStates, instanceStatuses } from '@saasodoo/instances/domain';
import fc from 'fast-check';
import { type Compared, decideRepair } from './decide-repair';

const NOW = new Date('2026-01-01T12:00:00Z');
const POLICY = { crashLoopFailures: 5, hungAfterMs: 120_000 };

function ago(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000);
}

const instance: Instance = {
  id: '01890a5d-ac96-774b-bcce-b302099a8058',
  customerId: '01890a5d-ac96-774b-bcce-b302099a8059',
  name: 'Acme',
  odooVersion: '17',
  instanceType: 'production',
  databaseName: 'acme',
  adminEmail: 'admin@acme.test',
  cpuLimit: 1,
  memoryBytes: 1024 ** 3,
  storageBytes: 1024 ** 3,
  demoData: false,
  billingStatus: 'paid',
  serviceName: 'odoo-acme-01890a5d',
  externalUrl: 'http://acme.localhost',
  desiredState: 'running',
  generation: 3,
  observedGeneration: 3,
  status: 'running',
  conditions: [],
  databaseServer: 'one',
  serviceFingerprint: 'f1',
  createdAt: ago(9_000),
  updatedAt: ago(600),
};

const observation: Observation = {
  instanceId: instance.id,
  healthy: 'true',
  reason: 'Healthy',
  message: '',
  since: ago(300),
  service: { id: 's1', replicas: 1, fingerprint: 'f1', createdAt: ago(600) },
  failures: 0,
  secretPresent: true,
  networkPresent: true,
  observedAt: ago(1),
};

/** With `undefined` for what is not there. */
type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

function repairOf(changes: {
  readonly instance?: Changes<Instance>;
  readonly observation?: Changes<Observation>;
  readonly repairs?: Compared['repairs'];
}): string | undefined {
  const compared: Compared = {
    instance: { ...instance, ...changes.instance } as Instance,
    observation: { ...observation, ...changes.observation } as Observation,
    repairs: changes.repairs ?? { count: 0, settledAt: ago(600) },
    now: NOW,
  };
  const repair = decideRepair(compared, POLICY);
  return repair === undefined ? undefined : `${repair.kind} ${repair.reason}`;
}

const failing = { healthy: 'false', reason: 'TaskFailed', message: 'exit 1', failures: 5 } as const;

describe('decideRepair', () => {
  it('leaves alone what is as it should be', () => {
    expect(repairOf({})).toBeUndefined();
  });

  it.each<[string, Changes<Observation>]>([
    ['redeploy ServiceMissing', { service: undefined }],
    ['redeploy ScaledByHand', { service: { ...observation.service!, replicas: 0 } }],
    ['redeploy ScaledByHand', { service: { ...observation.service!, replicas: 2 } }],
    ['redeploy SpecEdited', { service: { ...observation.service!, fingerprint: 'f2' } }],
    ['redeploy SecretMissing', { secretPresent: false }],
    ['redeploy NetworkMissing', { networkPresent: false }],
    ['halt CrashLooping', failing],
    ['halt CrashLooping', { ...failing, reason: 'OutOfMemory' }],
    ['restart NotAnswering', { healthy: 'false', reason: 'NotAnswering', since: ago(121) }],
  ])('%s when the monitor saw %j', (repair, seen) => {
    expect(repairOf({ observation: seen })).toBe(repair);
  });

  it.each<Changes<Observation>>([
    { ...failing, failures: 4 },
    { ...failing, healthy: 'true' },
    { healthy: 'false', reason: 'Settling', failures: 9 },
    { healthy: 'false', reason: 'NotAnswering', since: ago(60) },
    { healthy: 'false', reason: 'TaskPending', since: ago(600) },
  ])('leaves it to Swarm when the monitor saw %j', (seen) => {
    expect(repairOf({ observation: seen })).toBeUndefined();
  });

  it('does nothing on an observation from before the last operation, or of a monitor that is away', () => {
    const gone: Changes<Observation> = { service: undefined };
    expect(repairOf({ observation: gone, repairs: { count: 0, settledAt: NOW } })).toBeUndefined();
    expect(repairOf({ observation: { ...gone, observedAt: ago(31) } })).toBeUndefined();
  });

  it.each<InstanceStatus>([
    'starting',
    'restarting',
    'updating',
    'stopping',
    'stopped',
    'suspended',
    'error',
  ])('starts what is meant to run and is %s', (status) => {
    expect(repairOf({ instance: { status } })).toBe('start NotRunning');
  });

  it('touches neither a creation nor what its failure has left', () => {
    expect(repairOf({ instance: { status: 'creating' } })).toBeUndefined();
    expect(repairOf({ instance: { status: 'error', databaseServer: undefined } })).toBeUndefined();
  });

  it('leaves an instance alone that the platform has given up', () => {
    const error = { code: 'instance.crash_looping', message: 'it crashes' };
    expect(repairOf({ instance: { status: 'error', error } })).toBeUndefined();
  });

  it('brings to rest what is not meant to run', () => {
    expect(repairOf({ instance: { desiredState: 'stopped', status: 'error' } })).toBe('stop NotAtRest');
    expect(repairOf({ instance: { desiredState: 'suspended', status: 'running' } })).toBe(
      'suspend NotAtRest',
    );
    expect(repairOf({ instance: { desiredState: 'stopped', status: 'stopped' } })).toBe('stop ScaledByHand');
    const atRest = { service: { ...observation.service!, replicas: 0 } };
    expect(
      repairOf({ instance: { desiredState: 'stopped', status: 'stopped' }, observation: atRest }),
    ).toBeUndefined();
  });

  it('finishes a termination that nobody works on', () => {
    expect(repairOf({ instance: { desiredState: 'terminated', status: 'error' } })).toBe(
      'terminate NotTerminated',
    );
    expect(repairOf({ instance: { desiredState: 'terminated', status: 'terminated' } })).toBeUndefined();
  });

  it('waits twice as long after each repair that did not last', () => {
    const gone: Changes<Observation> = { service: undefined };
    const after = (count: number, seconds: number): string | undefined =>
      repairOf({ observation: gone, repairs: { count, settledAt: ago(seconds) } });
    expect([after(0, 2), after(1, 4), after(1, 6)]).toEqual([
      'redeploy ServiceMissing',
      undefined,
      'redeploy ServiceMissing',
    ]);
    expect([after(3, 19), after(3, 21), after(30, 1_700), after(30, 1_801)]).toEqual([
      undefined,
      'redeploy ServiceMissing',
      undefined,
      'redeploy ServiceMissing',
    ]);
  });

  it('never wants an instance up that is meant to rest, and never down that serves', () => {
    const down = new Set(['stop', 'suspend', 'halt', 'terminate']);
    fc.assert(
      fc.property(
        fc.constantFrom(...desiredStates),
        fc.constantFrom(...instanceStatuses),
        fc.record({ replicas: fc.nat(2), fingerprint: fc.constantFrom('f1', 'f2'), failures: fc.nat(9) }),
        fc.constantFrom<Observation['healthy']>('true', 'false', 'unknown'),
        (desiredState, status, { replicas, fingerprint, failures }, healthy) => {
          const service = { ...observation.service!, replicas, fingerprint };
          const kind = repairOf({
            instance: { desiredState, status },
            observation: { service, failures, healthy, reason: 'TaskFailed' },
          })?.split(' ')[0];
          if (kind === undefined) return;
          if (desiredState !== 'running') expect(down.has(kind)).toBe(true);
          else if (healthy === 'true') expect(down.has(kind)).toBe(false);
        },
      ),
    );
  });
});
