import { AppError } from '@saasodoo/kernel';
import type { Instance } from './instance';
import type { MajorUpgrade, MajorUpgrades } from './major-upgrades';
import { isSameImage, type OdooImage } from './odoo-image';

/** What is asked for. */
export interface UpgradeWish {
  /** The version to get to; the one that the instance has when absent. */
  readonly odooVersion?: string;
  /** Modules to update; all of them when absent. */
  readonly modules?: readonly string[];
}

/** What a site has to upgrade with. */
export interface UpgradeSite {
  /** By version, as it is offered. */
  readonly images: Readonly<Record<string, OdooImage>>;
  readonly majorUpgrades: MajorUpgrades;
}

export type UpgradeSubject = Pick<Instance, 'odooVersion' | 'odooImage'>;

/** What an upgrade changes. */
export interface UpgradePlan {
  readonly from: { readonly odooVersion: string; readonly odooImage?: OdooImage };
  readonly to: { readonly odooVersion: string; readonly odooImage: OdooImage };
  /** What the new image's Odoo updates; empty where a command of the site does that. */
  readonly modules: readonly string[];
  /** From one major version to another. */
  readonly major?: MajorUpgrade;
}

/** Odoo's own word for every module that is installed. */
const EVERY_MODULE = ['all'];

/**
 * Which upgrade it comes to. Pure. Throws `upgrade.version_malformed`, `upgrade.version_unavailable`,
 * `upgrade.major_not_configured`, `upgrade.modules_refused` (422), `upgrade.downgrade`, `upgrade.nothing_to_do` (409).
 */
export function planUpgrade(instance: UpgradeSubject, wish: UpgradeWish, site: UpgradeSite): UpgradePlan {
  const now = majorOf(instance.odooVersion);
  const wanted = majorOf(wish.odooVersion ?? instance.odooVersion);
  if (wanted < now) throw downgrade(instance.odooVersion, wanted);
  return wanted === now ? withinVersion(instance, wish, site) : acrossVersions(instance, wish, site);
}

function withinVersion(instance: UpgradeSubject, wish: UpgradeWish, site: UpgradeSite): UpgradePlan {
  const to = offered(majorOf(instance.odooVersion), site);
  const { odooImage } = instance;
  const isThere = odooImage !== undefined && isSameImage(odooImage, to.odooImage);
  if (isThere && wish.modules === undefined) throw nothingToDo(odooImage);
  return { from: fromOf(instance), to, modules: wish.modules ?? EVERY_MODULE };
}

function acrossVersions(instance: UpgradeSubject, wish: UpgradeWish, site: UpgradeSite): UpgradePlan {
  const [now, wanted] = [majorOf(instance.odooVersion), majorOf(wish.odooVersion ?? '')];
  const major = site.majorUpgrades[`${now}>${wanted}`];
  if (major === undefined) throw majorNotConfigured(now, wanted, site);
  if (wish.modules !== undefined) throw modulesRefused();
  return { from: fromOf(instance), to: offered(wanted, site), modules: [], major };
}

function fromOf({ odooVersion, odooImage }: UpgradeSubject): UpgradePlan['from'] {
  return { odooVersion, ...(odooImage === undefined ? {} : { odooImage }) };
}

function offered(major: number, { images }: UpgradeSite): UpgradePlan['to'] {
  const found = Object.entries(images).find(([version]) => majorOf(version) === major);
  if (found !== undefined) return { odooVersion: found[0], odooImage: found[1] };
  const versions = Object.keys(images);
  throw AppError.terminal('upgrade.version_unavailable', `this site has no image of Odoo ${major}`, {
    httpStatus: 422,
    hint: `It has ${versions.join(', ')}. An operator can add an image to ODOO_IMAGES.`,
    facts: { field: 'odoo_version', versions },
  });
}

/** `17` and `17.0` are the same version. */
function majorOf(version: string): number {
  const [, major] = /^(\d{1,3})(\.\d{1,2})?$/.exec(version) ?? [];
  if (major !== undefined) return Number(major);
  throw AppError.terminal('upgrade.version_malformed', `'${version}' is not an Odoo version`, {
    httpStatus: 422,
    hint: 'Write it as Odoo does, such as 17.0.',
    facts: { field: 'odoo_version' },
  });
}

function downgrade(version: string, wanted: number): AppError {
  return AppError.terminal('upgrade.downgrade', `the instance has Odoo ${version}, and ${wanted} is older`, {
    httpStatus: 409,
    hint: 'Odoo cannot go back. Restore a backup of the older version into a new instance.',
  });
}

function nothingToDo({ image }: OdooImage): AppError {
  return AppError.terminal('upgrade.nothing_to_do', 'the instance runs the image of its version already', {
    httpStatus: 409,
    hint: 'Name modules to update them all the same, such as ["all"].',
    facts: { image },
  });
}

function majorNotConfigured(now: number, wanted: number, { majorUpgrades }: UpgradeSite): AppError {
  const configured = Object.keys(majorUpgrades);
  return AppError.terminal(
    'upgrade.major_not_configured',
    `this site does not bring Odoo ${now} to Odoo ${wanted}: it has no command that migrates the data`,
    {
      httpStatus: 422,
      hint: `An operator can name one for ${now}>${wanted} in MAJOR_UPGRADES. Until then, leave out odoo_version to stay with ${now}.`,
      facts: { field: 'odoo_version', configured },
    },
  );
}

function modulesRefused(): AppError {
  return AppError.terminal('upgrade.modules_refused', 'a change of version migrates every module', {
    httpStatus: 422,
    hint: 'Leave out modules.',
    facts: { field: 'modules' },
  });
}
