import { Injectable } from '@nestjs/common';
import { planUpgrade } from '@saasodoo/instances/domain';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { type TenantContext, TenantsConfig } from '@saasodoo/tenants';
import { CHECK_UPGRADE, checkedOutput } from '../checked-upgrade';
import { upgradeWish } from '../upgrade-wish';
import { UpgradesConfig } from '../upgrades.config';

/** Settles what changes, before anything is touched: what the site has may be another image by the time of a later step. */
@Injectable()
export class CheckUpgradeStep implements Step<TenantContext> {
  readonly name = CHECK_UPGRADE;

  constructor(
    private readonly site: TenantsConfig,
    private readonly config: UpgradesConfig,
  ) {}

  async run({ operation, instance, image }: TenantContext): Promise<JsonObject> {
    const { reference, id, profile } = image();
    const plan = planUpgrade(instance, upgradeWish(operation), {
      images: this.site.ODOO_IMAGES,
      majorUpgrades: this.config.MAJOR_UPGRADES,
    });
    const { to, modules, major } = plan;
    const from = {
      odooVersion: instance.odooVersion,
      odooImage: instance.odooImage ?? { image: reference, id, profile: profile.name },
    };
    if (major === undefined) return checkedOutput({ from, to, modules });
    const { image: other = to.odooImage.image, command } = major;
    return checkedOutput({
      ...{ from, to, modules },
      major: { image: { ...to.odooImage, image: other }, command },
    });
  }
}
