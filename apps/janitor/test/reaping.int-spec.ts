import { randomBytes } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InstanceEntity } from '@saasodoo/instances/data-access';
import { stagedDatabaseName, stagedDirectoryName } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';
import { LocalStorage } from '@saasodoo/storage';
import { JOB_ID_LABEL } from '@saasodoo/swarm';
import { freshDatabase, freshVhost, newInstance, startPostgres, testLabels } from '@saasodoo/testing';
import { JanitorWorld, stranger } from './janitor-world';

jest.setTimeout(300_000);

const DAY = 86_400_000;

describe('the janitor', () => {
  let world: JanitorWorld;

  beforeEach(async () => {
    world = await JanitorWorld.open({
      database: await freshDatabase({ entities: [InstanceEntity] }),
      broker: await freshVhost(),
      tenantServerUrl: (await startPostgres()).url,
      newInstance,
      labels: testLabels,
    });
    // Somebody always lives, else an empty list of owners stops everything.
    await world.instance();
    await world.start();
  });

  afterEach(() => world.close());

  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );

  describe('finds a service without an instance', () => {
    it('and lays it out, sets it aside, and removes it a day later', async () => {
      const id = await world.service(newId(), { replicas: 1 });
      await world.run();
      const service = await world.swarm.services.get(id);
      expect(await world.tombstones()).toEqual([`service ${service?.name}`]);
      expect(service?.replicas).toBe(1);
      await world.run();
      expect(await world.tombstones()).toEqual([`service ${service?.name} *`]);
      expect((await world.swarm.services.get(id))?.replicas).toBe(0);
      await world.age(DAY - 60_000);
      await world.run();
      expect(await world.swarm.services.get(id)).toBeDefined();
      await world.age(60_000);
      const report = await world.run();
      expect(await world.swarm.services.get(id)).toBeUndefined();
      expect(await world.tombstones()).toEqual([]);
      expect(report.findings).toMatchObject([{ action: 'remove', kind: 'service', error: null }]);
    });

    it('and gives it back as it was when its instance is there again, in quarantine too', async () => {
      const lost = newInstance();
      const id = await world.service(lost.id, { replicas: 1 });
      await world.run();
      await world.run();
      expect((await world.swarm.services.get(id))?.replicas).toBe(0);
      await world.instance(lost);
      const { findings } = await world.run();
      expect(findings).toMatchObject([{ action: 'release', reason: 'it has an owner again', error: null }]);
      const service = await world.swarm.services.get(id);
      expect(service?.replicas).toBe(1);
      expect(service?.labels).toEqual(world.labels(lost.id));
      expect(await world.tombstones()).toEqual([]);
    });

    it('and does nothing in a dry run but say what it would do', async () => {
      const id = await world.service(newId());
      const { findings, dry_run } = await world.run('?dry_run=true');
      expect({ dry_run, findings }).toMatchObject({
        dry_run: true,
        findings: [{ action: 'tombstone', kind: 'service', error: null }],
      });
      expect(await world.tombstones()).toEqual([]);
      await world.run();
      await world.start({ JANITOR_DRY_RUN: 'true' });
      expect((await world.run()).findings).toMatchObject([{ action: 'quarantine' }]);
      expect((await world.swarm.services.get(id))?.replicas).toBe(1);
    });

    it('and leaves it alone while it is young', async () => {
      await world.start({ JANITOR_MIN_AGE_S: '3600' });
      await world.service(newId());
      const { counts } = await world.run();
      expect(counts.kinds['service']).toMatchObject({ there: 1, unowned: 1, tombstone: 0 });
      expect(await world.tombstones()).toEqual([]);
    });
  });

  it('leaves alone what belongs to an instance, to another platform, or to nobody it knows', async () => {
    const { id } = await world.instance();
    const other = `${world.platform}-other`;
    const orphan = stranger();
    await world.service(id);
    await world.service(newId(), { labels: world.labels(newId(), other) });
    await world.service(newId(), { labels: { ...testLabels, 'saasodoo.instance.id': newId() } });
    await world.secret(world.labels(newId(), other));
    await world.tenantDatabase(orphan, other);
    const theirs = new LocalStorage(world.storageRoot, other);
    await theirs.ensureDirectory('theirs', { instanceId: newId(), uid: 0, gid: 0, quotaBytes: 1 });
    const { counts, findings } = await world.run();
    expect(findings).toEqual([]);
    expect(counts.kinds).toMatchObject({
      service: { there: 1, unowned: 0 },
      secret: { there: 0 },
      database: { there: 0 },
      role: { there: 0 },
      directory: { there: 0 },
    });
  });

  it('removes what a terminated instance has left, and touches nothing while it is being terminated', async () => {
    const { id, customerId } = await world.instance();
    const service = await world.service(id);
    await world.terminate(id);
    const [operation]: { id: string }[] = await world.dataSource.query(
      `INSERT INTO operation (id, instance_id, customer_id, kind, generation, correlation_id)
       VALUES ($1, $2, $3, 'terminate', 2, 'test') RETURNING id`,
      [newId(), id, customerId],
    );
    expect((await world.run()).findings).toEqual([]);
    await world.dataSource.query(
      `UPDATE operation SET status = 'succeeded', ended_at = now() WHERE id = $1`,
      [operation?.id],
    );
    await world.run();
    await world.run();
    await world.age();
    const { findings } = await world.run();
    expect(findings).toMatchObject([{ action: 'remove', reason: `its instance ${id} is terminated` }]);
    expect(await world.swarm.services.get(service)).toBeUndefined();
  });

  it('removes jobs that nobody waits for, with their secret, and leaves those of an operation', async () => {
    const { id, customerId } = await world.instance();
    const job = (instance: Record<string, string>) => ({
      ...testLabels,
      'saasodoo.managed': 'true',
      'saasodoo.platform': world.platform,
      ...instance,
      [JOB_ID_LABEL]: randomBytes(4).toString('hex'),
    });
    const ofOperation = await world.service(id, { labels: job({ 'saasodoo.instance.id': id }) });
    await world.dataSource.query(
      `INSERT INTO operation (id, instance_id, customer_id, kind, generation, correlation_id)
       VALUES ($1, $2, $3, 'create', 1, 'test')`,
      [newId(), id, customerId],
    );
    const secret = await world.secret(job({}));
    const left = await world.service(newId(), {
      labels: job({}),
      secrets: [{ secretId: secret.id, secretName: secret.name, target: 'x' }],
    });
    await world.run();
    expect(await world.tombstones()).toEqual([expect.stringMatching(/^job /)]);
    await world.run();
    await world.age();
    await world.run();
    expect(await world.swarm.services.get(left)).toBeUndefined();
    expect(await world.swarm.services.get(ofOperation)).toBeDefined();
    for (let round = 0; round < 2; round += 1) await world.run();
    await world.age();
    await world.run();
    expect(await world.swarm.secrets.getByName(secret.name)).toBeUndefined();
  });

  it('removes what was staged for an operation once that has ended, and nothing that it is staged beside', async () => {
    const instance = await world.instance();
    const [operationId, open] = [newId(), ['queued', 'running', 'compensating']];
    const live = await world.tenantDatabase(instance);
    const directory = await world.directory(instance);
    const staged = {
      database: stagedDatabaseName(operationId),
      directory: stagedDirectoryName(directory, operationId),
    };
    await world.tenants((databases) =>
      databases.ensureDatabase({ name: staged.database, owner: live.role, instanceId: instance.id }),
    );
    const owner = { instanceId: instance.id, uid: 0, gid: 0, quotaBytes: 1 };
    await world.storage.ensureDirectory(staged.directory, owner);
    await world.dataSource.query(
      `INSERT INTO operation (id, instance_id, customer_id, kind, generation, input, correlation_id, status)
       VALUES ($1, $2, $3, 'drill', 1, '{}', 'story', 'running')`,
      [operationId, instance.id, instance.customerId],
    );
    for (const status of open) {
      await world.dataSource.query('UPDATE operation SET status = $2 WHERE id = $1', [operationId, status]);
      expect((await world.run()).findings).toEqual([]);
    }
    await world.dataSource.query(`UPDATE operation SET status = 'failed' WHERE id = $1`, [operationId]);
    for (const action of ['tombstone', 'quarantine', 'remove']) {
      const { findings } = await world.run();
      expect(findings.map((finding) => [finding.action, finding.name, finding.error])).toEqual([
        [action, staged.database, null],
        [action, staged.directory, null],
      ]);
      await world.age();
    }
    expect(await world.tenants((databases) => databases.describe(staged.database))).toBeUndefined();
    expect(await world.tenants((databases) => databases.describe(live.name))).toBeDefined();
    expect((await world.storage.list()).map(({ name }) => name)).toEqual([directory]);
  });

  it('removes secrets and networks of their own that nothing uses', async () => {
    const labels = world.labels(newId());
    const secret = await world.secret(labels);
    const network = await world.swarm.networks.createOverlay({ name: `${world.platform}-lost`, labels });
    const used = await world.swarm.networks.createOverlay({ name: `${world.platform}-used`, labels });
    await world.service(newId(), { networks: [used.id], labels: { ...testLabels } });
    for (let round = 0; round < 2; round += 1) await world.run();
    expect(await world.tombstones()).toEqual([`network ${world.platform}-lost *`, `secret ${secret.name} *`]);
    await world.age();
    await world.run();
    expect(await world.swarm.secrets.getByName(secret.name)).toBeUndefined();
    const names = (await world.swarm.networks.list()).map(({ name }) => name);
    expect(names).toContain(used.name);
    expect(names).not.toContain(network.name);
  });

  it('closes a database before it drops it, then its role', async () => {
    const lost = newInstance();
    const { name, role, password } = await world.tenantDatabase(lost);
    const enter = () =>
      world.tenants((databases) =>
        databases.withDatabase(name, (sql) => sql.query('SELECT 1'), { user: role, password }),
      );
    for (let round = 0; round < 2; round += 1) await world.run();
    expect(await world.tombstones()).toEqual([`database ${name} *`]);
    await expect(enter()).rejects.toThrow('not currently accepting connections');
    const [size]: { size_bytes: string }[] = await world.dataSource.query('SELECT size_bytes FROM tombstone');
    expect(Number(size?.size_bytes)).toBeGreaterThan(1_000_000);
    await world.age();
    await world.run();
    expect(await world.tenants((databases) => databases.describe(name))).toBeUndefined();
    await world.run();
    await world.run();
    expect(await world.tombstones()).toEqual([`role ${role} *`]);
    await world.age();
    await world.run();
    const roles = await world.tenants((databases) => databases.listRoles());
    expect(roles.map((found) => found.name)).not.toContain(role);
  });

  it('opens a database again for an instance that is back, half-made or not', async () => {
    const lost = newInstance();
    const { name, role, password } = await world.tenantDatabase(lost);
    for (let round = 0; round < 2; round += 1) await world.run();
    await world.instance(lost);
    await world.run();
    const rows = await world.tenants((databases) =>
      databases.withDatabase(name, (sql) => sql.query('SELECT 1'), { user: role, password }),
    );
    expect(rows).toHaveLength(1);
    expect(await world.tombstones()).toEqual([]);
  });

  it('removes half-built templates and their builders, and never a finished one', async () => {
    const [half, whole] = [`${world.platform}_half`, `${world.platform}_whole`];
    await world.tenants(async (databases) => {
      for (const name of [half, whole]) {
        await databases.ensureRole(`${name}_builder`, 'a-password');
        await databases.createEmpty(name, `${name}_builder`);
      }
      await databases.sealTemplate(whole, JSON.stringify({ 'saasodoo.template': 'image' }));
    });
    for (let round = 0; round < 2; round += 1) await world.run();
    expect(await world.tombstones()).toEqual([`template ${half} *`]);
    await world.age();
    for (let round = 0; round < 3; round += 1) await world.run();
    expect(await world.tombstones()).toEqual([`role ${half}_builder *`]);
    await world.age();
    await world.run();
    const left = await world.tenants(async (databases) => [
      ...(await databases.list()).map(({ name }) => name),
      ...(await databases.listRoles()).map(({ name }) => name),
    ]);
    const mine = left.filter((name) => name.startsWith(world.platform));
    expect(mine.sort()).toEqual([whole, `${whole}_builder`]);
  });

  it('moves a directory aside before it deletes it, and brings it back whole', async () => {
    const [lost, found] = [newInstance(), newInstance()];
    const [gone, back] = [await world.directory(lost), await world.directory(found)];
    await writeFile(join(world.storage.path(back), 'kept'), 'yes');
    // A fifth of two is none, so one at a time.
    for (let round = 0; round < 3; round += 1) await world.run();
    expect(await world.tombstones()).toEqual([`directory ${gone} *`, `directory ${back} *`].sort());
    expect(await isThere(world.storage.path(back))).toBe(false);
    await world.instance(found);
    await world.run();
    expect(await readFile(join(world.storage.path(back), 'kept'), 'utf8')).toBe('yes');
    await world.age();
    await world.run();
    expect((await world.storage.list()).map(({ name }) => name)).toEqual([back]);
  });

  it('gives back what it has set aside also when its own memory of that is lost', async () => {
    const lost = newInstance();
    const service = await world.service(lost.id);
    const directory = await world.directory(lost);
    for (let round = 0; round < 2; round += 1) await world.run();
    expect((await world.swarm.services.get(service))?.replicas).toBe(0);
    expect(await world.storage.exists(directory)).toBe(false);
    await world.dataSource.query('DELETE FROM tombstone');
    await world.instance(lost);
    await world.run();
    expect((await world.swarm.services.get(service))?.replicas).toBe(1);
    expect(await world.storage.exists(directory)).toBe(true);
    expect((await world.run()).findings).toEqual([]);
  });

  it('deletes final dumps after their time, with their tombstone, and only then', async () => {
    const instance = await world.instance();
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    await world.dumps.ensure('odoo_data_mine_1', { instanceId: instance.id, uid, gid });
    await world.start({ FINAL_DUMP_DAYS: '0' });
    await world.run();
    expect(await world.tombstones()).toEqual(['final_dump odoo_data_mine_1']);
    await world.terminate(instance.id);
    await world.start({ FINAL_DUMP_DAYS: '30' });
    await world.run();
    expect(await world.dumps.list()).toHaveLength(1);
    await world.start({ FINAL_DUMP_DAYS: '0' });
    const { findings } = await world.run();
    expect(findings).toMatchObject([{ action: 'remove', kind: 'final_dump', error: null }]);
    expect(await world.dumps.list()).toEqual([]);
    expect(await world.tombstones()).toEqual([]);
  });

  it('does what it can when a part is away', async () => {
    await world.start({ TENANT_DATABASE_PORT: '1' });
    await world.service(newId());
    const { findings, alarm } = await world.run();
    expect(alarm).toBeNull();
    expect(findings).toMatchObject([
      { action: 'list', kind: 'database', error: { code: 'database_server.unreachable' } },
      { action: 'list', kind: 'template' },
      { action: 'list', kind: 'role' },
      { action: 'tombstone', kind: 'service', error: null },
    ]);
  });
});
