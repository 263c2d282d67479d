import { randomBytes } from 'node:crypto';
import { access, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@saasodoo/bootstrap';
import { TenantDatabases } from '@saasodoo/databases';
import {
  InstanceEntity,
  InstanceRepository,
  InstanceSecretsRepository,
} from '@saasodoo/instances/data-access';
import {
  databaseRoleName,
  type Instance,
  finalDumpName,
  storageDirectoryName,
} from '@saasodoo/instances/domain';
import { newId, randomSecret, SecretBox, until } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import { FinalDumps, LocalStorage } from '@saasodoo/storage';
import { connectSwarm, JOB_ID_LABEL, type Swarm } from '@saasodoo/swarm';
import { DataJobs, type TenantContext } from '@saasodoo/tenants';
import {
  freshDatabase,
  newInstance,
  startPostgres,
  type TestDatabase,
  testImage,
  testLabels,
} from '@saasodoo/testing';
import { ProvisionerConfig } from '../src/app/app.config';
import { KeepFinalDumpStep } from '../src/app/terminate-instance/steps/keep-final-dump.step';
import { RemoveDirectoryStep } from '../src/app/terminate-instance/steps/remove-directory.step';

jest.setTimeout(300_000);

/** Where this process and a container of the overlay both find what is published on this machine. */
function thisMachine(): string {
  const address = networkInterfaces()['docker_gwbridge']?.find(({ family }) => family === 'IPv4')?.address;
  if (address === undefined) throw new Error('Docker has no docker_gwbridge: is this a node of a Swarm?');
  return address;
}

describe('the end of an instance', () => {
  const platform = `pt${randomBytes(5).toString('hex')}`;
  const password = randomSecret();
  const storageRoots: string[] = [];
  let control: TestDatabase;
  let swarm: Swarm;
  let databases: TenantDatabases;
  let secrets: InstanceSecretsRepository;
  let environment: Record<string, string>;

  beforeAll(async () => {
    control = await freshDatabase({ entities: [InstanceEntity] });
    swarm = await connectSwarm();
    const { port, username, password: adminPassword } = new URL((await startPostgres()).url);
    const key = randomBytes(32).toString('base64');
    environment = {
      CONTROL_DATABASE_URL: control.url,
      CONTROL_DATABASE_PASSWORD: 'in the url',
      RABBITMQ_URL: 'amqp://nowhere',
      RABBITMQ_PASSWORD: 'none',
      ENCRYPTION_KEY: key,
      PLATFORM_NAME: platform,
      ODOO_IMAGES: '{}',
      DATA_JOB_IMAGE: await testImage('postgres'),
      TENANT_DATABASE_HOST: thisMachine(),
      TENANT_DATABASE_PORT: port,
      TENANT_DATABASE_ADMIN: username,
      TENANT_DATABASE_PASSWORD: adminPassword,
    };
    const server = { name: 'tenants', host: thisMachine(), port: Number(port), adminUser: username };
    databases = new TenantDatabases({ ...server, adminPassword, adminDatabase: 'postgres', platform });
    secrets = new InstanceSecretsRepository(new SecretBox(key));
  });

  afterAll(async () => {
    const ours = (one: { readonly platform: string | undefined }): boolean => one.platform === platform;
    for (const { name, owner } of (await databases.list()).filter(ours)) {
      await databases.dropDatabase(name, { owner });
    }
    for (const { name } of (await databases.listRoles()).filter(ours)) await databases.dropRole(name);
    await databases.close();
    for (const root of storageRoots) await rm(root, { recursive: true, force: true });
    swarm.close();
    await control.close();
  });

  /** An instance with a database, a table in it, and a file in its directory; and the steps that end it. */
  async function ending(change: Readonly<Record<string, string>> = {}) {
    const root = await mkdtemp(join(tmpdir(), 'saasodoo-end-'));
    storageRoots.push(root);
    const config = loadConfig(ProvisionerConfig, { ...environment, STORAGE_ROOT: root, ...change });
    const [storage, dumps] = [new LocalStorage(root, platform), new FinalDumps(root, platform)];
    const jobs = new DataJobs(swarm, config);
    const instance = await insertInstance();
    const name = storageDirectoryName(instance.databaseName, instance.id);
    const dump = finalDumpName(instance.databaseName, instance.id);
    await storage.ensureDirectory(name, { instanceId: instance.id, uid: 999, gid: 999, quotaBytes: 1 });
    await writeFile(join(storage.path(name), 'attachment'), 'of a customer');
    const keep = new KeepFinalDumpStep(config, databases, dumps, jobs, secrets, control.dataSource);
    const removeDirectory = new RemoveDirectoryStep(storage, dumps);
    return { storage, dumps, jobs, instance, name, dump, keep, removeDirectory };
  }

  async function insertInstance(): Promise<Instance> {
    const instances = new InstanceRepository(control.dataSource);
    const wish = newInstance();
    await control.dataSource.transaction(async (em) => {
      await instances.insert(em, wish);
      await secrets.set(em, wish.id, { adminPassword: password, databasePassword: password });
    });
    return instances.get(wish.id);
  }

  async function makeDatabase({ id, databaseName: name }: Instance): Promise<void> {
    const owner = databaseRoleName(id);
    await databases.ensureRole(owner, password);
    await databases.ensureDatabase({ name, owner, instanceId: id });
    await databases.withDatabase(
      name,
      async (sql) => {
        await sql.query('CREATE TABLE note (text text)');
        await sql.query(`INSERT INTO note VALUES ('precious')`);
      },
      { user: owner, password },
    );
  }

  function contextOf(instance: Instance, signal = new AbortController().signal): TenantContext {
    const operation = { id: newId(), instanceId: instance.id } as Operation;
    return {
      ...{ operation, instance, signal, fence: 1, outputs: {} },
      image: () => {
        throw new Error('the version of this instance was withdrawn');
      },
      labels: {
        ...testLabels,
        'saasodoo.managed': 'true',
        'saasodoo.platform': platform,
        'saasodoo.instance.id': instance.id,
      },
      progress: () => Promise.resolve(),
    };
  }

  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );

  it('leaves a dump that can be restored, and its files', async () => {
    const { keep, removeDirectory, dumps, storage, jobs, instance, dump } = await ending();
    await makeDatabase(instance);
    const context = contextOf(instance);
    expect(await keep.run(context)).toEqual({ kept: true, name: dump, days: 30 });
    await removeDirectory.run(context);
    expect(await readFile(join(dumps.path(dump), 'filestore', 'attachment'), 'utf8')).toBe('of a customer');
    expect(await storage.list()).toEqual([]);
    const { logTail } = await jobs.run(context, {
      name: 'look',
      script: 'pg_restore --file=- --data-only --table=note /dump/database.dump',
      directories: { '/dump': dumps.path(dump) },
      user: { uid: 999, gid: 999 },
      withinMs: 60_000,
    });
    expect(logTail).toContain('precious');
    expect(await swarm.secrets.list({ labels: { 'saasodoo.instance.id': instance.id } })).toEqual([]);
  });

  it('does nothing twice, and begins again what was interrupted', async () => {
    const { keep, removeDirectory, dumps, instance, dump } = await ending();
    await makeDatabase(instance);
    const owner = { instanceId: instance.id, uid: 999, gid: 999 };
    await dumps.ensure(dump, owner);
    await writeFile(join(dumps.path(dump), 'database.dump.partial'), 'half');
    const context = contextOf(instance);
    await keep.run(context);
    const first = await readFile(join(dumps.path(dump), 'database.dump'));
    expect(first.subarray(0, 5).toString()).toBe('PGDMP');
    expect(await isThere(join(dumps.path(dump), 'database.dump.partial'))).toBe(false);
    await keep.run(context);
    expect((await readFile(join(dumps.path(dump), 'database.dump'))).equals(first)).toBe(true);
    await removeDirectory.run(context);
    await removeDirectory.run(context);
    expect(await isThere(join(dumps.path(dump), 'filestore', 'attachment'))).toBe(true);
  });

  it('finishes moving the files where a worker died after the move', async () => {
    const { keep, removeDirectory, dumps, storage, instance, name, dump } = await ending();
    await makeDatabase(instance);
    const context = contextOf(instance);
    await keep.run(context);
    await rename(storage.path(name), join(dumps.path(dump), 'filestore'));
    await removeDirectory.run(context);
    expect(await isThere(join(dumps.path(dump), 'filestore', 'attachment'))).toBe(true);
    expect(await storage.list()).toEqual([]);
  });

  it('is joined by whoever resumes while the dump is being written', async () => {
    const { keep, dumps, instance, dump } = await ending();
    await makeDatabase(instance);
    const calledOff = new AbortController();
    const context = contextOf(instance, calledOff.signal);
    const first = keep.run(context).catch((error: unknown) => error);
    const labels = { 'saasodoo.instance.id': instance.id };
    await until(
      async () => (await swarm.services.list({ labels })).find((service) => JOB_ID_LABEL in service.labels),
      () => new Error('no job was started'),
      { withinMs: 60_000 },
    );
    calledOff.abort(new Error('the worker stops'));
    await first;
    const resumed = { ...contextOf(instance), operation: context.operation };
    expect(await keep.run(resumed)).toMatchObject({ kept: true });
    expect(await dumps.hasDatabase(dump)).toBe(true);
    expect(await swarm.services.list({ labels })).toEqual([]);
  });

  it('leaves nothing where there is no database, or only the beginning of one', async () => {
    const { keep, removeDirectory, dumps, storage, instance } = await ending();
    const none = { kept: false, reason: 'there is no database' };
    const context = contextOf(instance);
    expect(await keep.run(context)).toEqual(none);
    await databases.ensureRole(databaseRoleName(instance.id), password);
    await databases.withDatabase('postgres', (sql) =>
      sql.query(
        `CREATE DATABASE "${instance.databaseName}" OWNER ${databaseRoleName(instance.id)} CONNECTION LIMIT 0`,
      ),
    );
    expect(await keep.run(context)).toEqual(none);
    await removeDirectory.run(context);
    expect(await dumps.list()).toEqual([]);
    expect(await storage.list()).toEqual([]);
  });

  it('leaves nothing on a site that keeps nothing', async () => {
    const { keep, removeDirectory, dumps, storage, instance } = await ending({ FINAL_DUMP_DAYS: '0' });
    await makeDatabase(instance);
    const context = contextOf(instance);
    expect(await keep.run(context)).toEqual({ kept: false, reason: 'this site keeps none' });
    await removeDirectory.run(context);
    expect(await dumps.list()).toEqual([]);
    expect(await storage.list()).toEqual([]);
  });

  it('opens a database that was closed, for its dump', async () => {
    const { keep, instance } = await ending();
    await makeDatabase(instance);
    const owner = databaseRoleName(instance.id);
    await databases.setAccess(instance.databaseName, { owner, open: false });
    expect(await keep.run(contextOf(instance))).toMatchObject({ kept: true });
  });

  it('waits for a dump that fails, and says why it did', async () => {
    const { keep, dumps, instance, dump } = await ending();
    await makeDatabase(instance);
    await databases.withDatabase('postgres', (sql) =>
      sql.query(`ALTER ROLE ${databaseRoleName(instance.id)} PASSWORD 'another'`),
    );
    await expect(keep.run(contextOf(instance))).rejects.toMatchObject({
      code: 'data_job.failed',
      retryable: true,
      facts: { logTail: expect.arrayContaining([expect.stringContaining('password authentication failed')]) },
    });
    expect(await dumps.hasDatabase(dump)).toBe(false);
  });
});
