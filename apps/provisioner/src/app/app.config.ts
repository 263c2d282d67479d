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
}
