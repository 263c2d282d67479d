import { ImportRepository } from '@saasodoo/backups/data-access';
import { loadConfig } from '@saasodoo/bootstrap';
import { TenantDatabases } from '@saasodoo/databases';
import {
  InstanceEntity,
  InstanceRepository,
  InstanceSecretsRepository,
} from '@saasodoo/instances/data-access';
import { databaseRoleName, type Instance } from '@saasodoo/instances/domain';
import { newId, randomSecret, SecretBox } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import { LocalStorage } from '@saasodoo/storage';
import { connectSwarm, type Swarm } from '@saasodoo/swarm';
import { DataJobs, type TenantContext } from '@saasodoo/tenants';
import {
  freshDatabase,
  newInstance,
  startPostgres,
  type TestDatabase,
  testImage,
  testLabels,
} from '@saasodoo/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupsConfig } from '../src/app/backups/backups.config';
import { InstanceData } from '../src/app/backups/instance-data';
import { Workspace } from '../src/app/backups/workspace';
import { ImportFiles } from '../src/app/import-instance/import-files';
import { ImportUploads } from '../src/app/import-instance/import-uploads';
import { ReceivedImports } from '../src/app/import-instance/received-imports';
import { LoadDatabaseStep } from '../src/app/import-instance/steps/load-database.step';
import { UnpackDumpStep } from '../src/app/import-instance/steps/unpack-dump.step';
import { UnpackFilesStep } from '../src/app/import-instance/steps/unpack-files.step';
import { odooParts, zipOf } from './odoo-zip';

jest.setTimeout(120_000);

const [ONE, TWO] = [`ab/${'a'.repeat(40)}`, `cd/${'c'.repeat(40)}`];
/** Postgres's own, which is in the image of the jobs. */
const USER = { uid: 999, gid: 999 };

/** What an Odoo has at least, with data that looks like something else. */
const DUMP = `\\restrict abc

SET standard_conforming_strings = on;
SET transaction_timeout = 0;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
COMMENT ON EXTENSION pg_trgm IS 'similarity';
CREATE TABLE public.ir_module_module (name text, latest_version text);
CREATE TABLE public.ir_attachment (id integer, store_fname text, datas text);
CREATE TABLE public."order" (id integer);
CREATE TABLE public.urgent_order () INHERITS (public."order");
ALTER TABLE public.ir_attachment OWNER TO odoo;
GRANT ALL ON TABLE public.ir_attachment TO odoo;
COPY public.ir_module_module (name, latest_version) FROM stdin;
base\t14.0.1.3
\\.

COPY public.ir_attachment (id, store_fname, datas) FROM stdin;
1\t${ONE}\t\\\\! touch /workspace/pwned
2\t${TWO}\t\\\\restrict x
3\t\\N\tGRANT ALL ON x TO y;
\\.

COPY public."order" (id) FROM stdin;
1
2
\\.

COPY public.urgent_order (id) FROM stdin;
3
\\.

CREATE INDEX attachment_id ON public.ir_attachment USING btree (id);
\\unrestrict abc
`;

/** Where this process and a container of the overlay both find what is published on this machine. */
function thisMachine(): string {
  const address = networkInterfaces()['docker_gwbridge']?.find(({ family }) => family === 'IPv4')?.address;
  if (address === undefined) throw new Error('Docker has no docker_gwbridge: is this a node of a Swarm?');
  return address;
}

describe('the steps of an import', () => {
  const platform = `pt${randomBytes(5).toString('hex')}`;
  const password = randomSecret();
  let root: string;
  let control: TestDatabase;
  let swarm: Swarm;
  let databases: TenantDatabases;
  let secrets: InstanceSecretsRepository;
  let imports: ImportRepository;
  let uploads: ImportUploads;
  let data: InstanceData;
  let workspace: Workspace;
  let storage: LocalStorage;
  let unpackDump: UnpackDumpStep;
  let loadDatabase: LoadDatabaseStep;
  let unpackFiles: UnpackFilesStep;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'saasodoo-import-'));
    control = await freshDatabase({ entities: [InstanceEntity] });
    swarm = await connectSwarm();
    const { port, username, password: adminPassword } = new URL((await startPostgres()).url);
    const key = randomBytes(32).toString('base64');
    const config = loadConfig(BackupsConfig, {
      ...{ CONTROL_DATABASE_URL: control.url, CONTROL_DATABASE_PASSWORD: 'in the url' },
      ...{ RABBITMQ_URL: 'amqp://nowhere', RABBITMQ_PASSWORD: 'none', BACKUP_KEY: 'x'.repeat(32) },
      ...{ ENCRYPTION_KEY: key, PLATFORM_NAME: platform, DATA_JOB_IMAGE: await testImage('postgres') },
      ...{ TENANT_DATABASE_HOST: thisMachine(), TENANT_DATABASE_PORT: port },
      ...{ TENANT_DATABASE_ADMIN: username, TENANT_DATABASE_PASSWORD: adminPassword },
      ...{ STORAGE_ROOT: root, ODOO_IMAGES: '{"14.0":{"image":"odoo:14","profile":"official"}}' },
    });
    const server = { name: 'tenants', host: thisMachine(), port: Number(port), adminUser: username };
    databases = new TenantDatabases({ ...server, adminPassword, adminDatabase: 'postgres', platform });
    secrets = new InstanceSecretsRepository(new SecretBox(key));
    imports = new ImportRepository(control.dataSource);
    const files = new ImportFiles(config);
    uploads = new ImportUploads(imports, files, config, control.dataSource);
    const received = new ReceivedImports(imports, files, config);
    data = new InstanceData(secrets, control.dataSource);
    workspace = new Workspace(config);
    storage = new LocalStorage(root, platform);
    unpackDump = new UnpackDumpStep(received, workspace, config);
    const jobs = new DataJobs(swarm, config);
    loadDatabase = new LoadDatabaseStep(jobs, databases, data, workspace, received, config);
    unpackFiles = new UnpackFilesStep(storage, data, received, workspace, config);
  });

  afterAll(async () => {
    const ours = (one: { readonly platform: string | undefined }): boolean => one.platform === platform;
    for (const { name, owner } of (await databases.list()).filter(ours)) {
      await databases.dropDatabase(name, { owner });
    }
    for (const { name } of (await databases.listRoles()).filter(ours)) await databases.dropRole(name);
    await databases.close();
    await rm(root, { recursive: true, force: true });
    swarm.close();
    await control.close();
  });

  async function instanceFor(importId: string, customerId: string): Promise<Instance> {
    const instances = new InstanceRepository(control.dataSource);
    const wish = newInstance({ customerId });
    await control.dataSource.transaction(async (em) => {
      await instances.insert(em, wish);
      await secrets.set(em, wish.id, { adminPassword: password, databasePassword: password });
      await imports.begin(importId, wish.id, em);
    });
    await databases.ensureRole(databaseRoleName(wish.id), password);
    return instances.get(wish.id);
  }

  /** An import that was received, and the instance it is to become, as the steps see it. */
  async function importing(dump: string, files: Record<string, string> = {}): Promise<TenantContext> {
    const zip = await zipOf(odooParts(dump, files));
    const [id, customerId] = [newId(), newId()];
    const wish = { id, customerId, fileName: 'shop.zip', sizeBytes: zip.length };
    await imports.insert(wish, control.dataSource.manager);
    async function* content(): AsyncGenerator<Buffer> {
      yield zip;
    }
    const { signal } = new AbortController();
    await uploads.receive(id, content(), signal);
    const instance = await instanceFor(id, customerId);
    const operation = { id: newId(), instanceId: instance.id, customerId, input: { import_id: id } };
    const known: unknown = {
      ...{ operation: operation as object as Operation, instance, signal, fence: 1, outputs: {} },
      image: () => ({ profile: USER }),
      labels: { ...testLabels, 'saasodoo.managed': 'true', 'saasodoo.platform': platform },
      progress: () => Promise.resolve(),
    };
    return known as TenantContext;
  }

  const staged = ({ instance, operation }: TenantContext): string =>
    data.databases(instance, operation.id).staged;

  test('fill a database and a directory, again after they were interrupted', async () => {
    const context = await importing(DUMP, { [ONE]: 'first', 'checklist/ab/x': '' });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(await unpackDump.run(context)).toMatchObject({ tables: 4 });
      expect(await loadDatabase.run(context)).toMatchObject({ tables: 4, rows: 7, oid: expect.any(String) });
      expect(await unpackFiles.run(context)).toMatchObject({ count: 2, bytes: 5, missing: 1 });
    }
    const login = { user: databaseRoleName(context.instance.id), password };
    const rows = await databases.withDatabase(
      staged(context),
      (sql) => sql.query<{ datas: string }>('SELECT datas FROM ir_attachment ORDER BY id'),
      login,
    );
    expect(rows.map(({ datas }) => datas)).toEqual([
      '\\! touch /workspace/pwned',
      '\\restrict x',
      'GRANT ALL ON x TO y;',
    ]);
    const directory = storage.path(data.directories(context.instance, context.operation.id).staged);
    const file = join(directory, 'filestore', context.instance.databaseName, ONE);
    expect(await readFile(file, 'utf8')).toBe('first');
    expect(await stat(file)).toMatchObject(USER);
    await unpackFiles.undo(context);
    await loadDatabase.undo(context);
    await unpackDump.undo(context);
    expect(await databases.describe(staged(context))).toBeUndefined();
    await expect(stat(directory)).rejects.toThrow('ENOENT');
    await expect(stat(workspace.path(context.operation.id))).rejects.toThrow('ENOENT');
  });

  test('refuse a command of psql, and a dump that is no SQL, before any of it is run', async () => {
    for (const [dump, code] of [
      [`${DUMP}\n\\! touch /workspace/pwned\n`, 'import.dump_refused'],
      ['PGDMP\u0001\u000e', 'import.dump_not_plain'],
    ] as const) {
      await expect(unpackDump.run(await importing(dump))).rejects.toMatchObject({ code, retryable: false });
    }
  });

  test.each([
    [
      'a command hidden in what looks like data',
      "SELECT '\nCOPY public.x FROM stdin;\n';\n\\! touch /workspace/pwned\n",
    ],
    [
      'a command behind quotes that are read in another way',
      "SELECT set_config('standard_conforming_strings', 'off', false);\nSELECT 'a\\' || '; \\! touch /workspace/pwned\n;\n",
    ],
    ['a command in the middle of a line', 'SELECT 1 \\g /workspace/pwned\n'],
    [
      'the end of a restriction that it does not know',
      'SELECT 1; \\unrestrict abc \\! touch /workspace/pwned\n',
    ],
    ['a program of the server', "CREATE TABLE x (y text);\nCOPY x\nFROM PROGRAM 'id';\n"],
    ['a file of the server', "SELECT pg_read_file('/etc/passwd');\n"],
    ['a role with all rights', 'CREATE ROLE pwned SUPERUSER LOGIN;\n'],
    ['the rights of the administrator', 'SET ROLE postgres;\n'],
    ['another database', 'CREATE DATABASE pwned;\n'],
    ['no Odoo at all', 'CREATE TABLE x (y text);\n'],
  ])('let nothing of a dump happen that has %s', async (_what, dump) => {
    const context = await importing(dump);
    await unpackDump.run(context);
    const refused = { code: 'import.dump_refused', retryable: false };
    await expect(loadDatabase.run(context)).rejects.toMatchObject(refused);
    await expect(stat(workspace.path(context.operation.id, 'pwned'))).rejects.toThrow('ENOENT');
    await loadDatabase.undo(context);
    expect(await databases.describe(staged(context))).toBeUndefined();
    expect((await databases.listRoles()).map(({ name }) => name)).not.toContain('pwned');
  });

  test.each([
    ['import.dump_differs', DUMP.replace('14.0.1.3', '13.0.1.3')],
    [
      'import.rows_differ',
      `${DUMP}CREATE FUNCTION public.gone() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';\n`.concat(
        'CREATE TRIGGER gone BEFORE INSERT ON public.ir_attachment FOR EACH ROW EXECUTE FUNCTION public.gone();\n',
        'COPY public.ir_attachment (id) FROM stdin;\n9\n\\.\n',
      ),
    ],
  ])('notice with %s that the database is not what it should be', async (code, dump) => {
    const context = await importing(dump);
    await unpackDump.run(context);
    await expect(loadDatabase.run(context)).rejects.toMatchObject({ code, retryable: false });
    await loadDatabase.undo(context);
  });
});
