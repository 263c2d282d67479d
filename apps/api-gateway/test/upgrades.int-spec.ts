import { newId } from '@saasodoo/kernel';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import type { UpgradePreviewResponse } from '../src/app/upgrades/upgrade-preview.response';
import { accepted, type ApiClient, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';

jest.setTimeout(60_000);

const images = {
  '14.0': { image: 'odoo:14.0', id: 'sha256:new', profile: 'debian-14' },
  '17.0': { image: 'odoo:17.0', profile: 'official' },
  '18.0': { image: 'odoo:18.0', profile: 'official' },
};
const majorUpgrades = { '14>17': { image: 'migrate:17', command: ['migrate'] } };
const older = { image: 'odoo:14.0-may', profile: 'debian-14' };

let gateway: GatewayUnderTest;
let ada: ApiClient;
let bob: ApiClient;

beforeAll(async () => {
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    { ODOO_IMAGES: JSON.stringify(images), MAJOR_UPGRADES: JSON.stringify(majorUpgrades) },
  );
  ada = await gateway.client.newCustomer('ada@example.com');
  bob = await gateway.client.newCustomer('bob@example.com');
}, 240_000);
afterAll(() => gateway.close());

function sql<T>(text: string, parameters: unknown[] = []): Promise<T[]> {
  return gateway.dataSource.query(text, parameters);
}

/** As if a worker had made it, with the image given. */
async function runningInstance(image: object = older): Promise<string> {
  const { id } = await ada.createInstance();
  await sql(`UPDATE operation SET status = 'succeeded', ended_at = now() WHERE instance_id = $1`, [id]);
  await sql(
    `UPDATE instance SET status = 'running', database_server = 'one', odoo_image = $2 WHERE id = $1`,
    [id, JSON.stringify(image)],
  );
  return id;
}

const pathOf = (id: string): string => `/instance/instances/${id}/upgrade`;

async function writesOf(id: string): Promise<unknown> {
  return sql(
    `SELECT generation, updated_at, (SELECT count(*) FROM operation WHERE instance_id = instance.id) AS operations,
            (SELECT count(*) FROM audit_entry WHERE subject = instance.id::text) AS entries
       FROM instance WHERE id = $1`,
    [id],
  );
}

describe('an upgrade', () => {
  it('is a wanted change of the instance, with a safety backup, written down for its worker and the audit', async () => {
    const id = await runningInstance();
    const { operation, generation } = accepted<InstanceResponse>(
      await ada.post(pathOf(id), { modules: ['web', 'sale'] }),
      202,
    );
    expect(generation).toBe(2);
    expect(operation).toMatchObject({ kind: 'upgrade', status: 'queued', generation: 2 });
    const [row] = await sql<{ input: object }>('SELECT input FROM operation WHERE id = $1', [operation?.id]);
    expect(row?.input).toEqual({ modules: ['web', 'sale'], safety_backup_id: expect.any(String) });
    const messages = await sql(
      `SELECT FROM (SELECT type, subject FROM outbox UNION ALL SELECT type, subject FROM outbox_archive) AS sent
        WHERE type = 'instance.upgrade.v1' AND subject = $1`,
      [id],
    );
    expect(messages).toHaveLength(1);
    const [entry] = await sql(
      `SELECT before, after FROM audit_entry WHERE subject = $1 AND action = 'instance.upgrade'`,
      [id],
    );
    expect(entry).toMatchObject({
      before: { odoo_version: '14.0', odoo_image: 'odoo:14.0-may' },
      after: { odoo_version: '14.0', odoo_image: 'odoo:14.0', modules: ['web', 'sale'] },
    });
  });

  it('is made once for one idempotency key, and another one waits for its turn', async () => {
    const id = await runningInstance();
    const call = { headers: { 'idempotency-key': newId() } };
    const first = accepted<InstanceResponse>(await ada.call('POST', pathOf(id), call), 202);
    expect(accepted(await ada.call('POST', pathOf(id), call), 202)).toEqual(first);
    const second = accepted<InstanceResponse>(await ada.post(pathOf(id)), 202);
    expect(second.operation).toMatchObject({ kind: 'upgrade', status: 'queued' });
    expect(second.operation?.id).not.toBe(first.operation?.id);
  });

  it('is not there for anybody else', async () => {
    const id = await runningInstance();
    expect((await bob.post(pathOf(id))).status).toBe(404);
    expect((await bob.post(pathOf(id), { dry_run: true })).status).toBe(404);
  });
});

describe('a dry run', () => {
  it.each(['in the body', 'in the query'])(
    '%s answers what would change, and writes nothing',
    async (where) => {
      const id = await runningInstance();
      const before = await writesOf(id);
      const answer =
        where === 'in the body'
          ? await ada.post(pathOf(id), { dry_run: true })
          : await ada.post(`${pathOf(id)}?dry_run=true`);
      const preview = accepted<UpgradePreviewResponse>(answer, 200);
      expect(preview).toMatchObject({
        ...{ dry_run: true, kind: 'upgrade', desired_state: 'running', modules: ['all'] },
        ...{ from_version: '14.0', to_version: '14.0', from_image: 'odoo:14.0-may', to_image: 'odoo:14.0' },
      });
      expect(preview.steps.slice(0, 3)).toEqual(['check-upgrade', 'pull-image', 'take-down']);
      expect(preview.steps).toEqual(
        expect.arrayContaining(['verify-backup', 'upgrade-data', 'swap-data', 'await-http']),
      );
      expect(await writesOf(id)).toEqual(before);
    },
  );

  it('shows where a major version would lead', async () => {
    const answer = await ada.post(pathOf(await runningInstance()), { odoo_version: '17', dry_run: true });
    expect(accepted<UpgradePreviewResponse>(answer, 200)).toMatchObject({
      ...{ from_version: '14.0', to_version: '17.0', to_image: 'odoo:17.0', modules: [] },
    });
  });
});

describe('an upgrade is refused', () => {
  it.each<[string, object, object, [number, string]]>([
    ['where there is nothing to do', images['14.0'], {}, [409, 'upgrade.nothing_to_do']],
    ['downwards', older, { odoo_version: '13.0' }, [409, 'upgrade.downgrade']],
    ['to a version nobody migrates to', older, { odoo_version: '18' }, [422, 'upgrade.major_not_configured']],
    ['for what is no version', older, { odoo_version: 'newest' }, [422, 'upgrade.version_malformed']],
    [
      'with modules, to a version that migrates all',
      older,
      { odoo_version: '17', modules: ['web'] },
      [422, 'upgrade.modules_refused'],
    ],
  ])('%s, also as a dry run', async (_what, image, json, refusal) => {
    const id = await runningInstance(image);
    const before = await writesOf(id);
    for (const asked of [json, { ...json, dry_run: true }]) {
      const answer = await ada.post(pathOf(id), asked);
      const problem = problemOf(answer);
      expect([answer.status, problem.code]).toEqual(refusal);
      expect(problem.hint).toEqual(expect.any(String));
    }
    expect(await writesOf(id)).toEqual(before);
  });

  it('but not where modules are named', async () => {
    const id = await runningInstance(images['14.0']);
    accepted(await ada.post(pathOf(id), { modules: ['all'] }), 202);
  });

  it.each([
    ['suspended', `desired_state = 'suspended'`, 'instance.suspended'],
    ['terminated', `desired_state = 'terminated'`, 'instance.terminated'],
    ['not created', `status = 'error', database_server = NULL`, 'instance.not_created'],
    ['being created', `status = 'creating'`, 'instance.creating'],
  ])('for an instance that is %s', async (_what, change, code) => {
    const id = await runningInstance();
    await sql(`UPDATE instance SET ${change} WHERE id = $1`, [id]);
    for (const json of [{}, { dry_run: true }]) {
      const answer = await ada.post(pathOf(id), json);
      expect([answer.status, problemOf(answer).code]).toEqual([409, code]);
    }
  });

  it.each([
    [{ modules: [] }, 'modules field.size'],
    [{ modules: ['web; rm -rf /'] }, 'modules field.format'],
    [{ modules: ['web', 'web'] }, 'modules field.unique'],
    [{ modules: 'all' }, 'modules field.type'],
    [{ dry_run: 'yes' }, 'dry_run field.type'],
  ])('for %j', async (json, refused) => {
    const fields = refusedFields(await ada.post(pathOf(await runningInstance()), json));
    expect(fields.map((field) => field.split(' ')[0])).toEqual([refused.split(' ')[0]]);
  });
});

describe('the configuration of major upgrades', () => {
  it.each(['not json', '{"18>17":{"command":["x"]}}', '{"17>18":{}}'])(
    '%s is refused at start',
    async (text) => {
      const ground = { database: await freshDatabase(), broker: await freshVhost() };
      await expect(startGateway(ground, { MAJOR_UPGRADES: text })).rejects.toMatchObject({
        code: 'config.invalid',
        message: expect.stringContaining('MAJOR_UPGRADES'),
      });
      await ground.broker.remove();
      await ground.database.close();
    },
  );
});
