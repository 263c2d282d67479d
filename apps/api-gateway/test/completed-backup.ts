import type { AcceptedBackupResponse } from '../src/app/backups/accepted-backup.response';
import { accepted, type ApiClient } from './api-client';
import type { GatewayUnderTest } from './gateway-under-test';

/** A backup of a running instance, as if a worker had made it; answers its id. */
export async function completedBackup(
  { dataSource }: GatewayUnderTest,
  owner: ApiClient,
  instanceId: string,
): Promise<string> {
  const answer = await owner.post(`/instance/instances/${instanceId}/backups`);
  const { backup, operation } = accepted<AcceptedBackupResponse>(answer, 202);
  await dataSource.query(
    `UPDATE backup SET status = 'completed', manifest_sha256 = 'x', completed_at = now() WHERE id = $1`,
    [backup.id],
  );
  await dataSource.query(`UPDATE operation SET status = 'succeeded', ended_at = now() WHERE id = $1`, [
    operation.id,
  ]);
  return backup.id;
}
