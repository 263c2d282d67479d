import { AppError } from '@saasodoo/kernel';
import fc from 'fast-check';
import { desiredStates } from './desired-state';
import {
  allowedCommands,
  assertCommandAllowed,
  type CommandSubject,
  desiredAfter,
  instanceCommands,
} from './instance-command';
import { instanceStatuses } from './instance-status';

const running: CommandSubject = { status: 'running', desiredState: 'running', databaseServer: 'one' };

function refusalOf(command: (typeof instanceCommands)[number], subject: CommandSubject): string | undefined {
  try {
    assertCommandAllowed(command, subject);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('instance commands', () => {
  it.each<[CommandSubject, string[]]>([
    [running, ['stop', 'restart', 'suspend', 'scale', 'reconfigure', 'redeploy', 'upgrade', 'terminate']],
    [
      { ...running, desiredState: 'stopped' },
      ['start', 'suspend', 'scale', 'reconfigure', 'upgrade', 'terminate'],
    ],
    [{ ...running, desiredState: 'suspended' }, ['resume', 'scale', 'reconfigure', 'terminate']],
    [{ ...running, desiredState: 'terminated' }, []],
    [{ ...running, status: 'creating', desiredState: 'running' }, ['terminate']],
  ])('%j accepts %j', (subject, commands) => {
    expect(allowedCommands(subject)).toEqual(commands);
  });

  it('lets an instance in error be tried again', () => {
    const failed: CommandSubject = { ...running, status: 'error' };
    expect(refusalOf('start', failed)).toBeUndefined();
    expect(refusalOf('stop', { ...failed, desiredState: 'stopped' })).toBeUndefined();
  });

  it.each<[Parameters<typeof refusalOf>, string]>([
    [['start', { ...running, desiredState: 'suspended' }], 'instance.suspended'],
    [['start', { ...running, status: 'error', desiredState: 'suspended' }], 'instance.suspended'],
    [['start', running], 'instance.command_refused'],
    [['stop', { ...running, status: 'creating' }], 'instance.creating'],
    [['start', { status: 'error', desiredState: 'running' }], 'instance.not_created'],
    [['terminate', { ...running, desiredState: 'terminated' }], 'instance.terminated'],
  ])('%j is refused with %s', ([command, subject], code) => {
    expect(refusalOf(command, subject)).toBe(code);
  });

  it('resumes to what was wanted before', () => {
    const suspended: CommandSubject = { ...running, desiredState: 'suspended' };
    expect(desiredAfter('resume', { ...suspended, resumeTo: 'stopped' })).toBe('stopped');
    expect(desiredAfter('resume', suspended)).toBe('running');
  });

  it('allows exactly what it does not refuse', () => {
    const subject = fc.record({
      status: fc.constantFrom(...instanceStatuses),
      desiredState: fc.constantFrom(...desiredStates),
      ...{ databaseServer: fc.constantFrom('one') },
    });
    fc.assert(
      fc.property(subject, fc.constantFrom(...instanceCommands), (given, command) => {
        expect(allowedCommands(given).includes(command)).toBe(refusalOf(command, given) === undefined);
      }),
    );
  });
});
