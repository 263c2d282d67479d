import {
  desiredStates,
  type InstanceStatus,
  instanceStatuses,
  transitions,
} from '@saasodoo/instances/domain';
import type { OperationKind } from '@saasodoo/operations/domain';
import fc from 'fast-check';
import { statusDuring } from './status-during';

const kinds: readonly OperationKind[] = [
  'start',
  'stop',
  'restart',
  'suspend',
  'resume',
  'scale',
  'reconfigure',
  'redeploy',
  'halt',
];

/** Where an operation may find an instance: what was superseded leaves it on its way. */
const found: readonly InstanceStatus[] = instanceStatuses.filter(
  (status) => !['creating', 'maintenance', 'terminating', 'terminated'].includes(status),
);

/** The status once the steps are done. */
function statusAfter(kind: OperationKind, desiredState: string): InstanceStatus | undefined {
  if (kind === 'stop') return 'stopped';
  if (kind === 'suspend') return 'suspended';
  if (kind === 'halt') return 'error';
  if (kind === 'resume' && desiredState === 'stopped') return 'stopped';
  return desiredState === 'running' ? 'running' : undefined;
}

function follows(from: InstanceStatus, to: InstanceStatus | undefined): boolean {
  return to === undefined || to === from || transitions[from].includes(to);
}

describe('statusDuring', () => {
  it.each<[OperationKind, InstanceStatus, InstanceStatus | undefined]>([
    ['start', 'stopped', 'starting'],
    ['start', 'error', 'starting'],
    ['start', 'stopping', 'starting'],
    ['restart', 'running', 'restarting'],
    ['redeploy', 'running', 'restarting'],
    ['scale', 'running', 'updating'],
    ['scale', 'starting', 'starting'],
    ['scale', 'updating', 'updating'],
    ['stop', 'running', 'stopping'],
    ['stop', 'stopped', undefined],
    ['suspend', 'stopped', undefined],
    ['halt', 'error', 'stopping'],
  ])('%s of an instance that is %s: %s', (kind, status, during) => {
    expect(statusDuring(kind, { status, desiredState: 'running' })).toBe(during);
  });

  it('changes nothing visible of an instance that is not meant to run', () => {
    expect(statusDuring('scale', { status: 'stopped', desiredState: 'stopped' })).toBeUndefined();
  });

  it.each<[InstanceStatus, InstanceStatus | undefined]>([
    ['suspended', undefined],
    ['stopped', undefined],
    ['running', 'stopping'],
    ['starting', 'stopping'],
  ])('a suspension of a stopped instance that ends while it is %s: %s', (status, during) => {
    expect(statusDuring('resume', { status, desiredState: 'stopped' })).toBe(during);
  });

  it('and what follows it are steps of the transition table, wherever an operation finds the instance', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.constantFrom(...found),
        fc.constantFrom(...desiredStates),
        (kind, status, desiredState) => {
          const during = statusDuring(kind, { status, desiredState });
          expect(follows(status, during)).toBe(true);
          const at = during ?? status;
          // A change of shape leaves what rests as it is.
          const after = statusAfter(kind, desiredState);
          expect(follows(at, after)).toBe(true);
          expect(follows(at, 'error') || at === 'stopped' || at === 'suspended').toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
