import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { describeOnObjectStore } from '@saasodoo/testing';
import { readdir } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { docker } from '../../infrastructure/scripts/docker.ts';
import { backupFolder, filesOf, requestRestore, rowsOf, takeBackup } from '../support/backups';
import { Customer, freshName, type InstanceView, type OperationView } from '../support/customer';
import { tenantSql } from '../support/leftovers';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import { writeInto } from '../support/tenant-files';

const site = testSite();
const edge = edgeOf(site);
const LIFECYCLE = `${site.name}_lifecycle`;
const PREFIX = 'of/a-site';

jest.setTimeout(300_000);

describeOnObjectStore(
  'a backup that is kept in an object store',
  (store) => {
    let customer: Customer;
    let instance: InstanceView;
    let settings: Readonly<Record<string, string>>;

    /** The service as it is deployed, with other settings; resolves when it runs. */
    async function configure(environment: Readonly<Record<string, string>>): Promise<void> {
      const added = Object.entries(environment).flatMap(([name, value]) => ['--env-add', `${name}=${value}`]);
      await docker(['service', 'update', '--quiet', ...added, LIFECYCLE], { timeoutMs: 120_000 });
    }

    beforeAll(async () => {
      customer = await Customer.register(edge);
      instance = await customer.runningInstance({
        database_name: freshName('bucket'),
        odoo_version: site.lightVersion,
      });
      const { networkEndpoint = '', bucket, accessKey, secretKey } = store.access();
      settings = {
        BACKUP_S3_ENDPOINT: networkEndpoint,
        BACKUP_S3_BUCKET: bucket,
        BACKUP_S3_PREFIX: PREFIX,
        BACKUP_S3_ACCESS_KEY: accessKey,
        BACKUP_S3_SECRET_KEY: secretKey,
      };
      await configure({ ...settings, BACKUP_DESTINATION: 's3' });
    });

    afterAll(async () => {
      const names = ['BACKUP_DESTINATION', ...Object.keys(settings)];
      const removed = names.flatMap((name) => ['--env-rm', name]);
      await docker(['service', 'update', '--quiet', ...removed, LIFECYCLE], { timeoutMs: 120_000 });
    });

    /** What the bucket holds of the backup. */
    async function objectsOf(backupId: string): Promise<string[]> {
      const { endpoint, bucket: Bucket, accessKey, secretKey } = store.access();
      const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
      const client = new S3Client({ endpoint, region: 'default', forcePathStyle: true, credentials });
      const Prefix = `${PREFIX}/${backupId}/`;
      const names: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
        names.push(...Contents.map(({ Key = '' }) => Key.slice(Prefix.length)));
      client.destroy();
      return names.sort();
    }

    const ALL = ['database.dump', 'files.tar.zst', 'manifest.json'];

    test('is verified there, and after new ones go elsewhere it is still restored, downloaded and deleted', async () => {
      await writeInto(instance, `filestore/${instance.database_name}/aa/large`, 40);
      const { database_name: database } = instance;
      await tenantSql(site, `INSERT INTO ir_config_parameter (key, value) VALUES ('kept', 'yes')`, database);
      const [rows, files] = [await rowsOf(site, instance), await filesOf(site, instance)];
      const backup = await takeBackup(customer, instance.id);
      expect(backup).toMatchObject({ status: 'completed', consistent: true, error: null });
      expect(backup.size_bytes).toBeGreaterThan(40 * 1024 ** 2);
      expect(await objectsOf(backup.id)).toEqual(ALL);
      await expect(readdir(backupFolder(site, backup.id))).rejects.toThrow('ENOENT');

      await configure({ BACKUP_DESTINATION: 'directory' });
      const other = await takeBackup(customer, instance.id);
      expect((await readdir(backupFolder(site, other.id))).sort()).toEqual(ALL);
      expect(await objectsOf(other.id)).toEqual([]);

      await tenantSql(site, `UPDATE ir_config_parameter SET value = 'no' WHERE key = 'kept'`, database);
      await customer.succeeded((await requestRestore(customer, backup.id)).operation.id);
      await expectServed(customer, instance);
      expect(await filesOf(site, instance)).toEqual(files);
      expect(await rowsOf(site, instance)).toEqual(rows);
      const kept = `SELECT value FROM ir_config_parameter WHERE key = 'kept'`;
      expect(await tenantSql(site, kept, database)).toEqual(['yes']);

      const answer = await customer.open(`/instance/backups/${backup.id}/download`);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/zip']);
      expect((await buffer(answer)).length).toBeGreaterThan(40 * 1024 ** 2);

      for (const { id } of [backup, other]) {
        const deletion = await customer.call(`/instance/backups/${id}`, { method: 'DELETE' });
        expect(deletion.status).toBe(202);
        await customer.succeeded((JSON.parse(deletion.body) as { operation: OperationView }).operation.id);
        expect(await objectsOf(id)).toEqual([]);
      }
      await expect(readdir(backupFolder(site, other.id))).rejects.toThrow('ENOENT');
    });
  },
  { network: site.internalNetwork },
);
