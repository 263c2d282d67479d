import { AppError } from '@saasodoo/kernel';
import fc from 'fast-check';
import { type InstanceStatus, instanceStatuses } from './instance-status';
import { assertTransitionsSound, statusesBefore, transitions, type TransitionTable } from './transitions';

const status = fc.constantFrom(...instanceStatuses);

function refusalOf(table: TransitionTable): AppError | undefined {
  try {
    assertTransitionsSound(table);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe('transitions', () => {
  it('is sound', () => {
    expect(() => assertTransitionsSound()).not.toThrow();
  });

  it.each<[string, Partial<Record<InstanceStatus, InstanceStatus[]>>]>([
    [
      'unreachable',
      {
        creating: ['error', 'terminating'],
        stopped: ['terminating'],
        suspended: ['stopped'],
        error: ['terminating'],
      },
    ],
    ['dead-end', { updating: [] }],
    ['unknown', { running: ['gone' as InstanceStatus] }],
  ])('refuses a table with %s statuses', (fault, change) => {
    const refused = refusalOf({ ...transitions, ...change });
    expect(refused).toMatchObject({ code: 'instance.transitions_unsound', facts: { fault } });
  });

  it('lets every living instance be terminated', () => {
    const living = instanceStatuses.filter((one) => one !== 'terminating' && one !== 'terminated');
    expect(statusesBefore('terminating').sort()).toEqual(living.sort());
  });

  it('says the same from both ends', () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        expect(statusesBefore(to).includes(from)).toBe(transitions[from].includes(to));
      }),
    );
  });

  it('never leads back from the end, whatever is wanted', () => {
    const walk = (wishes: InstanceStatus[]) =>
      wishes.reduce<InstanceStatus[]>((path, wish) => {
        const at = path.at(-1) ?? 'creating';
        return transitions[at].includes(wish) ? [...path, wish] : path;
      }, []);
    fc.assert(
      fc.property(fc.array(status, { maxLength: 60 }), (wishes) => {
        const end = walk(wishes).indexOf('terminated');
        expect(end === -1 || end === walk(wishes).length - 1).toBe(true);
      }),
    );
  });
});
