import type { BackupRepository } from '@saasodoo/backups/data-access';
import type { InstanceStorage } from '@saasodoo/storage';
import type { TenantContext } from '@saasodoo/tenants';
import type { RestoredBackups } from '../restored-backups';
import { CheckBackupStep } from './check-backup.step';

const MEBIBYTE = 1024 ** 2;
const backup = { id: 'b', instanceId: 'i', customerId: 'c', status: 'completed', odooVersion: '17' };
const manifest = { consistent: true, instance: { database_name: 'acme' }, files: { bytes: 200 * MEBIBYTE } };

function stepOn(enforcesQuota: boolean): CheckBackupStep {
  const backups: unknown = { get: () => Promise.resolve(backup) };
  const restored: unknown = { of: () => Promise.resolve({ id: 'b', manifest }) };
  const storage: unknown = { enforcesQuota };
  return new CheckBackupStep(
    backups as BackupRepository,
    restored as RestoredBackups,
    storage as InstanceStorage,
  );
}

function contextOf(kind: string, mebibytes: number): TenantContext {
  const known: unknown = {
    operation: { kind, input: { backup_id: 'b' } },
    instance: { id: 'i', customerId: 'c', odooVersion: '17', storageBytes: mebibytes * MEBIBYTE },
  };
  return known as TenantContext;
}

describe('CheckBackupStep', () => {
  test.each(['restore', 'restore-new'])('lets no %s begin that cannot end', async (kind) => {
    await expect(stepOn(true).run(contextOf(kind, 199))).rejects.toMatchObject({
      code: 'backup.exceeds_limit',
      retryable: false,
    });
    await expect(stepOn(true).run(contextOf(kind, 200))).resolves.toMatchObject({ consistent: true });
  });

  test('minds no limit that nobody enforces, and none of a drill, which keeps nothing', async () => {
    await expect(stepOn(false).run(contextOf('restore', 1))).resolves.toMatchObject({ consistent: true });
    await expect(stepOn(true).run(contextOf('drill', 1))).resolves.toMatchObject({ consistent: true });
  });
});
