import { seconds, step } from '../progress.ts';
import type { Shown } from './lifecycle.ts';
import { odooExecute, type OdooUser, waitForLoginPage } from './odoo.ts';
import { awaitOperation, bearer, callJson } from './platform.ts';

interface StorageView {
  readonly storage_limit: string;
  /** Null where the storage enforces no limit and measures nothing. */
  readonly storage_used_bytes: number | null;
}

interface BackupView {
  readonly id: string;
  readonly status: string;
  readonly size_bytes: number | null;
  readonly files: number | null;
  readonly rows: number | null;
}

interface AcceptedBackup {
  readonly backup: BackupView;
  readonly operation: { readonly id: string };
}

const MEBIBYTE = 1024 ** 2;

/** What the instance may store and what it does, as the API says it, and whether anybody holds it to that. */
export async function showStorage({ edge, token, id }: Shown): Promise<void> {
  await step('What it may store', async (note) => {
    const path = `/instance/instances/${id}`;
    const view = await callJson<StorageView>(edge, 'api', path, { headers: bearer(token) });
    note(storageText(view, edge.settings.storageDriver ?? 'local'));
  });
}

function storageText({ storage_limit, storage_used_bytes: used }: StorageView, driver: string): string {
  if (driver === 'local') {
    return `${storage_limit}, which the storage driver local neither enforces nor measures: cephfs does both`;
  }
  const text = used === null ? 'not measured yet' : `${(used / MEBIBYTE).toFixed(1)} MiB used`;
  return `${storage_limit}, kept by CephFS itself; ${text}`;
}

const customer = (name: string): [string, object] => ['create', { name }];

/** Backs it up while it serves, loses what was there to a mistake, and brings it back. */
export async function showBackupAndRestore(shown: Shown, user: OdooUser): Promise<void> {
  const { edge, database } = shown;
  await odooExecute(edge, user, 'res.partner', customer('Written before the backup'));
  const backup = await step('Back it up while it serves', async (note) => {
    const made = await takeBackup(shown);
    note(
      `${((made.size_bytes ?? 0) / MEBIBYTE).toFixed(1)} MiB: ${made.rows} rows, ${made.files} files, read back`,
    );
    return made;
  });
  await step('Lose that customer, and write another one', async () => {
    const lost = await partners(shown, user);
    await odooExecute(edge, user, 'res.partner', ['unlink', lost.map(({ id }) => id)]);
    await odooExecute(edge, user, 'res.partner', customer('Written after the backup'));
  });
  const startedAt = Date.now();
  await step('Restore the backup, until its login page comes', async () => {
    await restore(shown, backup.id);
    await waitForLoginPage(edge, database);
  });
  await step('What is there now', async (note) => {
    const names = (await partners(shown, user)).map(({ name }) => `"${name}"`);
    if (names.join() !== '"Written before the backup"') throw new Error(`restored was ${names.join(', ')}`);
    note(`${names.join(', ')}, ${seconds(Date.now() - startedAt)} after it was asked for`);
  });
}

async function takeBackup({ edge, token, id }: Shown): Promise<BackupView> {
  const call = { method: 'POST', headers: bearer(token) };
  const path = `/instance/instances/${id}/backups`;
  const { backup, operation } = await callJson<AcceptedBackup>(edge, 'api', path, call);
  await awaitOperation(edge, token, operation.id);
  return callJson(edge, 'api', `/instance/backups/${backup.id}`, { headers: bearer(token) });
}

async function restore({ edge, token }: Shown, backupId: string): Promise<void> {
  const call = { method: 'POST', headers: bearer(token), json: {} };
  const path = `/instance/backups/${backupId}/restore`;
  const { operation } = await callJson<AcceptedBackup>(edge, 'api', path, call);
  await awaitOperation(edge, token, operation.id);
}

async function partners(
  { edge }: Shown,
  user: OdooUser,
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  const found = await odooExecute(edge, user, 'res.partner', [
    'search_read',
    [['name', '=like', 'Written % the backup']],
    ['name'],
  ]);
  return found as readonly { readonly id: number; readonly name: string }[];
}
