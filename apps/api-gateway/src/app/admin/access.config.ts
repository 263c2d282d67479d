import { ServiceConfig } from '@saasodoo/bootstrap';
import {
  IsEmail,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
} from 'class-validator';

const IS_HTTP_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
const MAX_COUNT = 1_000_000;

/** Who operates the platform, what a customer may use, and where the janitor is. */
export class AccessConfig extends ServiceConfig {
  /** With ADMIN_PASSWORD: the account that is there from the first start, with the role admin. */
  @IsOptional()
  @IsEmail({ require_tld: false })
  readonly ADMIN_EMAIL?: string;

  /** Of that account when it is made; an account that exists keeps its own. */
  @IsOptional()
  @IsString()
  readonly ADMIN_PASSWORD?: string;

  /** Instances that a customer may have, unless an admin has set a quota for them. */
  @IsInt()
  @Min(0)
  @Max(MAX_COUNT)
  readonly QUOTA_INSTANCES: number = 50;

  /** CPUs of all instances of a customer together. */
  @IsNumber()
  @Min(0)
  @Max(MAX_COUNT)
  readonly QUOTA_CPUS: number = 100;

  /** Memory of all instances of a customer together. */
  @Matches(/^[1-9]\d{0,8}[KMGT]?$/i, { message: '$property must be a size such as 512M or 200G' })
  readonly QUOTA_MEMORY: string = '200G';

  /** Internal address of the janitor; without it its report and runs answer 503. */
  @IsOptional()
  @IsUrl(IS_HTTP_URL)
  readonly JANITOR_URL?: string;

  /** What the janitor lets the gateway in with. */
  @IsOptional()
  @IsString()
  @MinLength(16)
  readonly JANITOR_KEY?: string;
}
