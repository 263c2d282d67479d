import { isMajorUpgrades, MAJOR_UPGRADES_SHAPE, type MajorUpgrades } from '@saasodoo/instances/domain';
import { Transform } from 'class-transformer';
import {
  IsBase64,
  IsFQDN,
  IsIn,
  IsInt,
  IsJSON,
  IsOptional,
  IsString,
  IsUrl,
  Max,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';

import { AccessConfig } from './admin/access.config';

const IS_POSTGRES_URL = { protocols: ['postgres', 'postgresql'], require_protocol: true, require_tld: false };
const IS_AMQP_URL = { protocols: ['amqp', 'amqps'], require_protocol: true, require_tld: false };

/** The gateway's environment. */
export class GatewayConfig extends AccessConfig {
  @IsUrl(IS_POSTGRES_URL)
  readonly CONTROL_DATABASE_URL!: string;

  @IsOptional()
  @IsString()
  readonly CONTROL_DATABASE_PASSWORD?: string;

  /** Connections to the control database. */
  @IsInt()
  @Min(2)
  @Max(100)
  readonly DATABASE_POOL_SIZE: number = 10;

  @IsUrl(IS_AMQP_URL)
  readonly RABBITMQ_URL!: string;

  @IsOptional()
  @IsString()
  readonly RABBITMQ_PASSWORD?: string;

  /** 32 bytes in base64; signs access tokens. Changing it logs everybody out. */
  @IsBase64()
  @MinLength(44)
  readonly ACCESS_TOKEN_KEY!: string;

  /** 32 bytes in base64; seals secrets in the database, the same for every app. */
  @IsBase64()
  @MinLength(44)
  readonly ENCRYPTION_KEY!: string;

  /** Instances are served at `{database_name}.{BASE_DOMAIN}`. */
  @IsFQDN({ require_tld: false })
  readonly BASE_DOMAIN: string = 'localhost';

  @IsIn(['http', 'https'])
  readonly PUBLIC_SCHEME: 'http' | 'https' = 'http';

  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly PUBLIC_PORT: number = 80;

  /** `{"14":{"image":"…","profile":"debian-14"}}`: the Odoo versions this site has. */
  @IsJSON()
  readonly ODOO_IMAGES!: string;

  /** What brings data from one major version to another, by pair such as `17>18`; the same as the lifecycle app's. */
  @Transform(({ value }) => parsed(value))
  @ValidateBy({
    name: 'majorUpgrades',
    validator: { validate: isMajorUpgrades, defaultMessage: () => MAJOR_UPGRADES_SHAPE },
  })
  readonly MAJOR_UPGRADES: MajorUpgrades = {};

  @IsInt()
  @Min(60)
  @Max(3600)
  readonly ACCESS_TOKEN_SECONDS: number = 900;

  @IsInt()
  @Min(1)
  @Max(365)
  readonly REFRESH_TOKEN_DAYS: number = 30;

  /** Attempts to register, and to log in, that one address may make per minute. */
  @IsInt()
  @Min(1)
  readonly AUTH_ATTEMPTS_PER_MINUTE: number = 20;

  /** Log-ins with one e-mail address that may fail per minute, from all addresses together. */
  @IsInt()
  @Min(1)
  readonly LOGIN_FAILURES_PER_MINUTE: number = 10;

  /** Operations that one customer may watch or wait for at a time. */
  @IsInt()
  @Min(1)
  readonly WATCHES_PER_CUSTOMER: number = 20;

  /** Where the monitor answers what only the engine knows; without it and its key those questions get 503. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  readonly MONITOR_URL?: string;

  /** 32 bytes in base64, the same as the monitor's. */
  @IsOptional()
  @IsBase64()
  @MinLength(44)
  readonly MONITOR_KEY?: string;

  /** Where the lifecycle app reads backups; without it and its key they cannot be downloaded. */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  readonly LIFECYCLE_URL?: string;

  /** Of a zip that a customer brings along. */
  @IsInt()
  @Min(1)
  readonly IMPORT_MAX_BYTES: number = 20 * 1024 ** 3;

  /** Of one customer that are not over yet. */
  @IsInt()
  @Min(1)
  @Max(1_000)
  readonly IMPORTS_PER_CUSTOMER: number = 3;

  /** The same as the lifecycle app's. */
  @IsOptional()
  @IsString()
  @MinLength(20)
  readonly BACKUP_KEY?: string;
}

/** What is no JSON is left as it came: the check then says what it should have been. */
function parsed(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}
