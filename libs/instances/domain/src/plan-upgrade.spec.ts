import { AppError } from '@saasodoo/kernel';
import fc from 'fast-check';
import { isMajorUpgrades } from './major-upgrades';
import type { OdooImage } from './odoo-image';
import { planUpgrade, type UpgradeSite, type UpgradeSubject, type UpgradeWish } from './plan-upgrade';

const older: OdooImage = { image: 'odoo:17.0-may', id: 'sha256:1', profile: 'official' };
const current: OdooImage = { image: 'odoo:17.0', id: 'sha256:2', profile: 'official' };
const next: OdooImage = { image: 'odoo:18.0', profile: 'official' };
const migrate = { image: 'migrate:18', command: ['migrate'] };
const site: UpgradeSite = { images: { '17': current, '18.0': next }, majorUpgrades: {} };
const migrating: UpgradeSite = { ...site, majorUpgrades: { '17>18': migrate } };
const behind: UpgradeSubject = { odooVersion: '17', odooImage: older };
const upToDate: UpgradeSubject = { odooVersion: '17', odooImage: current };

function refusalOf(instance: UpgradeSubject, wish: UpgradeWish, where: UpgradeSite = site): unknown {
  try {
    planUpgrade(instance, wish, where);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.httpStatus];
    throw error;
  }
}

describe('planUpgrade', () => {
  it('leads to the image that the version has now, and updates every module', () => {
    expect(planUpgrade(behind, {}, site)).toEqual({
      from: { odooVersion: '17', odooImage: older },
      to: { odooVersion: '17', odooImage: current },
      modules: ['all'],
    });
  });

  it.each<[string, UpgradeSubject]>([
    ['another name', behind],
    ['another image under the same name', { odooVersion: '17', odooImage: { ...current, id: 'sha256:1' } }],
    ['another profile', { odooVersion: '17', odooImage: { ...current, profile: 'bitnami' } }],
    ['an image nobody recorded', { odooVersion: '17' }],
  ])('has something to do for %s', (_what, instance) => {
    expect(planUpgrade(instance, {}, site).to.odooImage).toBe(current);
  });

  it('has nothing to do where the image is there, unless modules are named', () => {
    expect(refusalOf(upToDate, {})).toEqual(['upgrade.nothing_to_do', 409]);
    expect(planUpgrade(upToDate, { modules: ['web'] }, site).modules).toEqual(['web']);
  });

  it('takes 17 and 17.0 for the same version', () => {
    expect(planUpgrade({ ...behind, odooVersion: '17.0' }, { odooVersion: '17' }, site).to.odooVersion).toBe(
      '17',
    );
  });

  it('migrates to another major version only with a command of the site', () => {
    expect(refusalOf(behind, { odooVersion: '18' })).toEqual(['upgrade.major_not_configured', 422]);
    expect(planUpgrade(behind, { odooVersion: '18' }, migrating)).toMatchObject({
      to: { odooVersion: '18.0', odooImage: next },
      modules: [],
      major: migrate,
    });
    expect(refusalOf(behind, { odooVersion: '18', modules: ['web'] }, migrating)).toEqual([
      'upgrade.modules_refused',
      422,
    ]);
  });

  it.each<[string, UpgradeWish, UpgradeSite, [string, number]]>([
    ['an older version', { odooVersion: '16' }, site, ['upgrade.downgrade', 409]],
    ['no version', { odooVersion: 'latest' }, site, ['upgrade.version_malformed', 422]],
    [
      'a version whose image is gone',
      {},
      { ...site, images: { '18.0': next } },
      ['upgrade.version_unavailable', 422],
    ],
    [
      'a version that can be migrated to and not run',
      { odooVersion: '19' },
      { ...site, majorUpgrades: { '17>19': migrate } },
      ['upgrade.version_unavailable', 422],
    ],
  ])('refuses %s', (_what, wish, where, refusal) => {
    expect(refusalOf(behind, wish, where)).toEqual(refusal);
  });

  it('never leads down, and to another version only where a command was configured', () => {
    const version = fc.integer({ min: 14, max: 20 }).map(String);
    const image = fc.record({ image: fc.constantFrom('a', 'b'), profile: fc.constant('official') });
    const images = fc.dictionary(version, image);
    const pairs = fc.dictionary(
      fc.tuple(version, version).map(([from, to]) => `${from}>${to}`),
      fc.constant(migrate),
    );
    fc.assert(
      fc.property(version, version, images, pairs, (has, wants, offered, majorUpgrades) => {
        const instance = { odooVersion: has };
        const plan = (() => {
          try {
            return planUpgrade(instance, { odooVersion: wants }, { images: offered, majorUpgrades });
          } catch (error) {
            if (error instanceof AppError) return undefined;
            throw error;
          }
        })();
        if (plan === undefined) return;
        expect(plan.to).toEqual({ odooVersion: wants, odooImage: offered[wants] });
        expect(Number(wants)).toBeGreaterThanOrEqual(Number(has));
        expect(plan.major).toBe(wants === has ? undefined : majorUpgrades[`${has}>${wants}`]);
        expect(plan.major !== undefined).toBe(wants !== has);
      }),
    );
  });
});

describe('isMajorUpgrades', () => {
  it.each([{}, { '17>18': migrate }, { '9>10': { command: ['x', '-y'] } }])('takes %j', (value) => {
    expect(isMajorUpgrades(value)).toBe(true);
  });

  it.each([
    'text',
    [],
    null,
    { '18>17': migrate },
    { '17>17': migrate },
    { '17': migrate },
    { '17>18': {} },
    { '17>18': { command: [] } },
    { '17>18': { command: 'migrate' } },
    { '17>18': { command: [''] } },
    { '17>18': { command: ['x'], image: '' } },
    { '17>18': { command: ['x'], imgae: 'typo' } },
  ])('refuses %j', (value) => {
    expect(isMajorUpgrades(value)).toBe(false);
  });
});
