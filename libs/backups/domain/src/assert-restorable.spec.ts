import { assertBackupAllowed, assertRestoreAllowed } from './assert-backup-allowed';
import { assertRestorable } from './assert-restorable';

const target = { id: 'i', customerId: 'c', odooVersion: '17.0' };
const backup = {
  id: 'b',
  instanceId: 'i',
  customerId: 'c',
  status: 'completed',
  odooVersion: '17.0',
} as const;

const code = (expected: string): Error =>
  expect.objectContaining({ code: expected, httpStatus: 409 }) as Error;

describe('assertRestorable', () => {
  it('lets a backup into the instance it came from', () => {
    expect(() => assertRestorable(backup, target, 'in-place')).not.toThrow();
  });

  it("lets it into another instance of the same customer, but not over that one's data", () => {
    const other = { ...target, id: 'other' };
    expect(() => assertRestorable(backup, other, 'elsewhere')).not.toThrow();
    expect(() => assertRestorable(backup, other, 'in-place')).toThrow(code('backup.foreign'));
  });

  it.each(['in-place', 'elsewhere'] as const)("refuses another customer's, %s", (where) => {
    const stranger = { ...target, customerId: 'stranger' };
    expect(() => assertRestorable(backup, stranger, where)).toThrow(code('backup.foreign'));
  });

  it.each(['creating', 'failed', 'deleting', 'deleted'] as const)('refuses one that is %s', (status) => {
    expect(() => assertRestorable({ ...backup, status }, target, 'in-place')).toThrow(
      code('backup.not_completed'),
    );
  });

  it('refuses another version', () => {
    expect(() => assertRestorable({ ...backup, odooVersion: '16.0' }, target, 'in-place')).toThrow(
      code('backup.version_differs'),
    );
  });
});

describe('whether an instance can be backed up and restored', () => {
  const living = { status: 'running', desiredState: 'running', databaseServer: 'db' };

  it.each([
    ['running', living, undefined, undefined],
    ['stopped', { ...living, status: 'stopped', desiredState: 'stopped' }, undefined, undefined],
    ['suspended', { ...living, desiredState: 'suspended' }, undefined, 'instance.suspended'],
    [
      'being created',
      { status: 'creating', desiredState: 'running' },
      'instance.not_created',
      'instance.not_created',
    ],
    ['terminated', { ...living, desiredState: 'terminated' }, 'instance.terminated', 'instance.terminated'],
  ])('%s', (_what, subject, backupCode, restoreCode) => {
    const codeOf = (work: () => void): unknown => {
      try {
        work();
        return undefined;
      } catch (error) {
        return (error as { code: unknown }).code;
      }
    };
    expect(codeOf(() => assertBackupAllowed(subject))).toBe(backupCode);
    expect(codeOf(() => assertRestoreAllowed(subject))).toBe(restoreCode);
  });
});
