import fc from 'fast-check';
import { type InstanceStatus, instanceStatuses } from './instance-status';
import { assertTransitionsSound, statusesBefore, transitions } from './transitions';

const status = fc.constantFrom(...instanceStatuses);

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
    expect(() => assertTransitionsSound({ ...transitions, ...change })).toThrow(
      expect.objectContaining({
        code: 'instance.transitions_unsound',
        facts: expect.objectContaining({ fault }),
      }),
    );
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
