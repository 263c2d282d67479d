import { isMajorUpgrades, MAJOR_UPGRADES_SHAPE, type MajorUpgrades } from '@saasodoo/instances/domain';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min, ValidateBy } from 'class-validator';
import { BackupsConfig } from '../backups/backups.config';

/** What upgrades need to know of the site. */
export class UpgradesConfig extends BackupsConfig {
  /** How long the upgrade of the data of one instance may take. */
  @IsInt()
  @Min(60_000)
  @Max(86_400_000)
  readonly UPGRADE_JOB_TIMEOUT_MS: number = 4 * 3_600_000;

  /**
   * What brings data from one major version to another, in the place of Odoo's own update: `{"17>18":{"image":"migrate:18",
   * "command":["migrate"]}}`. The gateway needs it too. None by default.
   */
  @Transform(({ value }) => parsed(value))
  @ValidateBy({
    name: 'majorUpgrades',
    validator: { validate: isMajorUpgrades, defaultMessage: () => MAJOR_UPGRADES_SHAPE },
  })
  readonly MAJOR_UPGRADES: MajorUpgrades = {};
}

/** What is no JSON is left as it came: the check then says what it should have been. */
function parsed(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}
