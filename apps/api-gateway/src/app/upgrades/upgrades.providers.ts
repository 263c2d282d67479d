import { UpgradeOffers } from './upgrade-offers';
import { UpgradeRequests } from './upgrade-requests.service';
import { UpgradesController } from './upgrades.controller';

/** Upgrades, as `AppModule` takes them in. */
export const upgradeControllers = [UpgradesController];

export const upgradeProviders = [UpgradeOffers, UpgradeRequests];
