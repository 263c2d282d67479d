import { crashPointsOf, stepListOf } from '@saasodoo/operations/domain';
import { docker } from '../../infrastructure/scripts/docker.ts';
import { filesOf, listBackups } from '../support/backups';
import { Customer, freshName, type InstanceView } from '../support/customer';
import { DoomedWorkers } from '../support/doomed-workers';
import { controlSql, leftoversOf, ONE_OF_EACH, tenantSql } from '../support/leftovers';
import { pointsOf } from '../support/points';
import { edgeOf, testSite } from '../support/site';
import { expectServed } from '../support/states';
import {
  contentOf,
  eventsOf,
  imagesOf,
  requestUpgrade,
  runsAnotherImage,
  updatedModules,
} from '../support/upgrades';
import { scale } from '../support/worker';

const site = testSite();
const edge = edgeOf(site);
/** Short leases, so that the next worker takes over soon; nothing is done that nobody asked for. */
const IMPATIENT = { OPERATION_LEASE_MS: '1000', RECONCILE_EVERY_MS: '0', BACKUP_SCHEDULE_EVERY_MS: '0' };

jest.setTimeout(1_200_000);

/** `effect` of a step, and the moments within it. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  'upgrade.upgrade-data.effect': ['upgrade.upgrade-data.copied', 'upgrade.upgrade-data.ran'],
  'upgrade.swap-data.effect': ['restore.swap-data.between', 'restore.swap-data.files'],
  'upgrade.swap-data.undo-effect': ['restore.swap-data.undo-database'],
};
const withInner = (point: string): string[] => [...(WITHIN[point] ?? []), point];

/** Those of the safety backup are the ones of a backup; of those of a start the one is another here that deploys. */
const isItsOwn = (point: string): boolean =>
  point === 'upgrade.deploy-service.effect' ||
  [...stepListOf('backup'), ...stepListOf('start')].every((step) => !point.includes(`.${step}.`));
const upgradePoints = pointsOf('upgrade').filter(isItsOwn).flatMap(withInner);

/** The steps that leave something to undo when the new image does not come up. */
const UNDONE = ['deploy-service', 'set-image', 'swap-data', 'upgrade-data', 'take-down', 'pull-image'];
const undoPoints = crashPointsOf('upgrade')
  .undo.filter(
    (point) => UNDONE.some((step) => point.includes(`.${step}.`)) && !point.endsWith('.undo-before'),
  )
  .flatMap(withInner);

/** One operation is killed at one boundary after the other: each worker goes on where the last one died. */
describe('a lifecycle killed at every boundary of an upgrade', () => {
  const workers = new DoomedWorkers(site, 'lifecycle', IMPATIENT);
  const light = 'saasodoo/test-odoo-light:latest';
  const earlier = { version: site.lightVersion, image: site.fleetingImage };
  let customer: Customer;
  let instance: InstanceView;

  beforeAll(async () => {
    const admin = await Customer.admin(site);
    customer = await Customer.register(edge);
    instance = await customer.runningInstance({
      database_name: freshName('crash'),
      odoo_version: site.lightVersion,
    });
    await runsAnotherImage(site, instance, earlier);
    await customer.succeeded((await admin.command(instance.id, 'redeploy')).id);
    await scale(site, 'lifecycle', 0);
  });

  afterAll(() => scale(site, 'lifecycle', 1));

  /** Whoever is served is served the old data by the old image, or the new data by the new one. */
  async function expectNotBetween(point: string): Promise<void> {
    const shown = '{{.Spec.Mode.Replicated.Replicas}} {{.Spec.TaskTemplate.ContainerSpec.Image}}';
    const inspect = ['service', 'inspect', instance.service_name, '--format', shown];
    const [replicas, image] = (await docker(inspect)).trim().split(' ');
    const updated = await updatedModules(site, instance);
    if (replicas === '1') expect([point, updated]).toEqual([point, image === earlier.image ? [] : ['all']]);
  }

  async function killedAt(points: readonly string[]): Promise<void> {
    for (const point of points) {
      await workers.dieAt(point);
      await expectNotBetween(point);
    }
  }

  /** The tidying that follows an upgrade has ended as well. */
  async function expectTidied(): Promise<void> {
    const open = `SELECT id FROM operation WHERE instance_id = '${instance.id}' AND kind = 'discard'`;
    for (const id of await controlSql(site, open)) await customer.succeeded(id);
    expect(await leftoversOf(site, instance)).toEqual(ONE_OF_EACH);
    const strays = `SELECT datname FROM pg_database WHERE datname ~ '^saasodoo_(staged|replaced)_'`;
    expect(await tenantSql(site, strays)).toEqual([]);
    const label = `label=saasodoo.instance.id=${instance.id}`;
    expect(await docker(['service', 'ls', '--filter', label, '--format', '{{.Name}}'])).toBe(
      instance.service_name,
    );
  }

  test('one that cannot be had leaves image and data as they were', async () => {
    await runsAnotherImage(site, instance, { ...earlier, version: site.brokenVersion });
    const [content, files] = [await contentOf(site, instance), await filesOf(site, instance)];
    const { id } = await requestUpgrade(customer, instance);
    await killedAt(undoPoints);
    await workers.unharmed(async () => {
      const ended = await customer.settled(id);
      expect(ended.status).toBe('failed');
      expect(await eventsOf(site, ended)).toEqual(['instance.upgrade_failed.v1']);
      await expectTidied();
    });
    expect(await imagesOf(site, instance)).toEqual([earlier.image, earlier.image]);
    expect(await contentOf(site, instance)).toBe(content);
    expect(await filesOf(site, instance)).toEqual(files);
    await expectServed(customer, instance);
  });

  test('one that can be had has image and data in the end', async () => {
    await runsAnotherImage(site, instance, earlier);
    const { id } = await requestUpgrade(customer, instance);
    await killedAt(upgradePoints);
    await workers.unharmed(async () => {
      const ended = await customer.succeeded(id);
      expect(await eventsOf(site, ended)).toEqual(['instance.upgraded.v1']);
      await expectTidied();
    });
    expect(await imagesOf(site, instance)).toEqual([light, light]);
    expect(await updatedModules(site, instance)).toEqual(['all']);
    await expectServed(customer, instance);
    const backups = await listBackups(customer, instance.id);
    expect(backups.map(({ kind, status }) => [kind, status])).toEqual([
      ['safety', 'completed'],
      ['safety', 'completed'],
    ]);
  });
});
