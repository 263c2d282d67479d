import { Inject, Injectable } from '@nestjs/common';
import {
  type OdooImage,
  planUpgrade,
  type UpgradePlan,
  type UpgradeSite,
  type UpgradeSubject,
  type UpgradeWish,
} from '@saasodoo/instances/domain';
import { GatewayConfig } from '../app.config';

/** What this site can upgrade to. */
@Injectable()
export class UpgradeOffers {
  private readonly site: UpgradeSite;

  constructor(@Inject(GatewayConfig) { ODOO_IMAGES, MAJOR_UPGRADES }: GatewayConfig) {
    // That it is a map is seen to by `OdooVersions`.
    const images = JSON.parse(ODOO_IMAGES) as Readonly<Record<string, OdooImage>>;
    this.site = { images, majorUpgrades: MAJOR_UPGRADES };
  }

  /** Throws what `planUpgrade` throws. */
  planFor(instance: UpgradeSubject, wish: UpgradeWish): UpgradePlan {
    return planUpgrade(instance, wish, this.site);
  }
}
