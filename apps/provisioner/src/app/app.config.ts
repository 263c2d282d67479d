import { TenantsConfig } from '@saasodoo/tenants';
import { IsInt, IsString, Max, Min } from 'class-validator';

/** The environment of the provisioner. Every variable may be given as a file, as `NAME_FILE`. */
export class ProvisionerConfig extends TenantsConfig {
  @IsString()
  readonly TENANT_DATABASE_ADMIN: string = 'saasodoo_admin';

  @IsString()
  readonly TENANT_DATABASE_PASSWORD!: string;

  /** How many operations run at once; about one or two a core of the node, which is the limit. */
  @IsInt()
  @Min(1)
  @Max(100)
  readonly PROVISION_CONCURRENCY: number = 8;

  /** How long the database and the files of a terminated instance are kept; 0 keeps nothing of it. */
  @IsInt()
  @Min(0)
  @Max(3_650)
  readonly FINAL_DUMP_DAYS: number = 30;

  /** How long writing the final dump may take; it is tried again after that. */
  @IsInt()
  @Min(1_000)
  @Max(86_400_000)
  readonly FINAL_DUMP_TIMEOUT_MS: number = 4 * 3_600_000;
}
