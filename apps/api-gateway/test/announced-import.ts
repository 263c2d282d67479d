import type { ImportResponse } from '../src/app/imports/import.response';
import { accepted, type ApiClient } from './api-client';
import type { GatewayUnderTest } from './gateway-under-test';

/** An import of the owner; answers its id. */
export async function announcedImport(owner: ApiClient, size_bytes = 100): Promise<string> {
  return accepted<ImportResponse>(await owner.post('/instance/imports', { size_bytes }), 201).id;
}

/** The same, as if its content had come. */
export async function receivedImport(
  { dataSource }: GatewayUnderTest,
  owner: ApiClient,
  version = '14.0',
): Promise<string> {
  const id = await announcedImport(owner);
  const contents = {
    database_name: 'old',
    modules: 3,
    dump_bytes: 1000,
    files: 2,
    files_bytes: 200 * 1024 ** 2,
  };
  await dataSource.query(
    `UPDATE import SET status = 'received', sha256 = 'x', odoo_version = $2, contents = $3, received_at = now()
      WHERE id = $1`,
    [id, version, contents],
  );
  return id;
}
