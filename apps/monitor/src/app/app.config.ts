import { ServiceConfig } from '@saasodoo/bootstrap';
import { Transform } from 'class-transformer';
import {
  IsBase64,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Max,
  Min,
  MinLength,
} from 'class-validator';

/** An image of Odoo as the site offers it under a version. */
export interface OdooImage {
  readonly image: string;
  /** Name of its image profile in libs/odoo. */
  readonly profile: string;
}

const DATABASE_URL = { protocols: ['postgres', 'postgresql'], require_tld: false, allow_underscores: true };
const BROKER_URL = { protocols: ['amqp', 'amqps'], require_tld: false, allow_underscores: true };

/** The environment of the monitor. Every variable may be given as a file, as `NAME_FILE`. */
export class MonitorConfig extends ServiceConfig {
  @IsUrl(DATABASE_URL)
  readonly CONTROL_DATABASE_URL!: string;

  @IsOptional()
  @IsString()
  readonly CONTROL_DATABASE_PASSWORD?: string;

  @IsUrl(BROKER_URL)
  readonly RABBITMQ_URL!: string;

  @IsOptional()
  @IsString()
  readonly RABBITMQ_PASSWORD?: string;

  /** 32 bytes in base64; whoever asks over HTTP must show it. */
  @IsBase64()
  @MinLength(44)
  readonly MONITOR_KEY!: string;

  /** Tells the instances of this platform from those of another one on the same swarm. */
  @IsString()
  readonly PLATFORM_NAME: string = 'saasodoo';

  @IsString()
  readonly BASE_DOMAIN: string = 'localhost';

  /** By version: `{"17":{"image":"odoo:17.0","profile":"official"}}`. */
  @Transform(({ value }) => parseJson(value))
  @IsObject({ message: 'ODOO_IMAGES must be JSON such as {"17":{"image":"odoo:17.0","profile":"official"}}' })
  readonly ODOO_IMAGES!: Readonly<Record<string, OdooImage>>;

  @IsString()
  readonly DOCKER_SOCKET: string = '/var/run/docker.sock';

  /** Name of the overlay network of tenants, edge and tenant database servers. */
  @IsString()
  readonly TENANT_NETWORK: string = 'saasodoo-network';

  /** The longest time between two looks at everything; an event of the engine makes it shorter. */
  @IsInt()
  @Min(100)
  @Max(60_000)
  readonly MONITOR_TICK_MS: number = 1_000;

  /** How often an Odoo that answers is asked again. */
  @IsInt()
  @Min(100)
  @Max(600_000)
  readonly MONITOR_PROBE_EVERY_MS: number = 10_000;

  @IsInt()
  @Min(50)
  @Max(60_000)
  readonly MONITOR_PROBE_TIMEOUT_MS: number = 5_000;

  /** How long Odoo may take from its task running to its first answer before it counts as not answering. */
  @IsInt()
  @Min(0)
  @Max(3_600_000)
  readonly MONITOR_START_MS: number = 120_000;

  /** For the database's part of a diagnosis; without host, password and key that part stays unknown. */
  @IsOptional()
  @IsString()
  readonly TENANT_DATABASE_HOST?: string;

  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly TENANT_DATABASE_PORT: number = 5432;

  @IsString()
  readonly TENANT_DATABASE_ADMIN: string = 'saasodoo_admin';

  @IsOptional()
  @IsString()
  readonly TENANT_DATABASE_PASSWORD?: string;

  /** 32 bytes in base64; opens the database password of an instance, to see whether it still logs in. */
  @IsOptional()
  @IsBase64()
  readonly ENCRYPTION_KEY?: string;

  /** Where instance directories are, under the same path as on the nodes; without it nobody looks whether they are there. */
  @IsOptional()
  @IsString()
  readonly STORAGE_ROOT?: string;

  /** As those who act on instances have it: on `cephfs` it is looked whether something can be written at all. */
  @IsIn(['local', 'cephfs'])
  readonly STORAGE_DRIVER: 'local' | 'cephfs' = 'local';
}

function parseJson(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    // Left as it came: the validator then says what it should have been.
    return value;
  }
}
