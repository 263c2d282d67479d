import { IsInt, Max, Min } from 'class-validator';
import { UpgradesConfig } from './upgrade-instance/upgrades.config';

/** The environment of the lifecycle app. Every variable may be given as a file, as `NAME_FILE`. */
export class LifecycleConfig extends UpgradesConfig {
  /** How many operations run at once: most of them wait for Swarm. */
  @IsInt()
  @Min(1)
  @Max(200)
  readonly LIFECYCLE_CONCURRENCY: number = 16;

  /** How often what is wanted is compared with what was observed without being told; 0 never repairs anything. */
  @IsInt()
  @Min(0)
  @Max(600_000)
  readonly RECONCILE_EVERY_MS: number = 2_000;

  /** How often it is measured what instances hold, where quotas are enforced; 0 never measures. */
  @IsInt()
  @Min(0)
  @Max(3_600_000)
  readonly STORAGE_SAMPLE_EVERY_MS: number = 30_000;

  /** How many repairs may be under way at once, so that a Swarm that comes back is not overrun. */
  @IsInt()
  @Min(1)
  @Max(1_000)
  readonly RECONCILE_MAX_REPAIRS: number = 8;

  /** How long an Odoo whose process lives may give no answer until its task is replaced. */
  @IsInt()
  @Min(1_000)
  readonly HUNG_AFTER_MS: number = 120_000;

  /** Tasks of an instance that fail within ten minutes until the platform gives up on it. */
  @IsInt()
  @Min(2)
  @Max(100)
  readonly CRASH_LOOP_FAILURES: number = 5;
}
