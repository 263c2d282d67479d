import { ServiceConfig } from '@saasodoo/bootstrap';
import { IsBoolean, IsIn, IsInt, IsString, IsUrl, Matches, Max, Min } from 'class-validator';

const DATABASE_URL = { protocols: ['postgres', 'postgresql'], require_tld: false, allow_underscores: true };
const BROKER_URL = { protocols: ['amqp', 'amqps'], require_tld: false, allow_underscores: true };
const TEN_YEARS_IN_DAYS = 3_650;
const YEAR_IN_SECONDS = 31_536_000;

/** The environment of the janitor. Every variable may be given as a file, as `NAME_FILE`. */
export class JanitorConfig extends ServiceConfig {
  @IsUrl(DATABASE_URL)
  readonly CONTROL_DATABASE_URL!: string;

  @IsString()
  readonly CONTROL_DATABASE_PASSWORD!: string;

  @IsUrl(BROKER_URL)
  readonly RABBITMQ_URL!: string;

  @IsString()
  readonly RABBITMQ_PASSWORD!: string;

  /** 32 bytes in base64; whoever asks for a run or a report shows it as a bearer token. */
  @Matches(/^[A-Za-z0-9+/]{43}=$/, {
    message: 'JANITOR_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32',
  })
  readonly JANITOR_KEY!: string;

  /** What is marked with another name is never touched. */
  @IsString()
  readonly PLATFORM_NAME: string = 'saasodoo';

  @IsString()
  readonly DOCKER_SOCKET: string = '/var/run/docker.sock';

  @IsString()
  readonly TENANT_DATABASE_HOST!: string;

  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly TENANT_DATABASE_PORT: number = 5432;

  @IsString()
  readonly TENANT_DATABASE_ADMIN: string = 'saasodoo_admin';

  @IsString()
  readonly TENANT_DATABASE_PASSWORD!: string;

  @IsIn(['local', 'cephfs'])
  readonly STORAGE_DRIVER: 'local' | 'cephfs' = 'local';

  @IsString()
  readonly STORAGE_ROOT: string = '/var/lib/saasodoo/storage';

  /** Seconds from the end of a run to the next one. */
  @IsInt()
  @Min(1)
  @Max(86_400)
  readonly JANITOR_EVERY_S: number = 300;

  /** Nothing younger is touched. */
  @IsInt()
  @Min(0)
  @Max(YEAR_IN_SECONDS)
  readonly JANITOR_MIN_AGE_S: number = 3_600;

  /** How long what was set aside can be brought back. */
  @IsInt()
  @Min(0)
  @Max(YEAR_IN_SECONDS)
  readonly JANITOR_QUARANTINE_S: number = 86_400;

  /** Most new tombstones, quarantines and removals, each, in one run. */
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly JANITOR_MAX_PER_RUN: number = 20;

  /** Report what would be done, and do nothing. */
  @IsBoolean()
  readonly JANITOR_DRY_RUN: boolean = false;

  /** How long the final dump of a terminated instance is kept. */
  @IsInt()
  @Min(0)
  @Max(TEN_YEARS_IN_DAYS)
  readonly FINAL_DUMP_DAYS: number = 30;

  /** Messages that were sent and delivered. */
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS_IN_DAYS)
  readonly JANITOR_KEEP_SENT_DAYS: number = 14;

  /** Messages that were handled; longer than a copy of one can be under way. */
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS_IN_DAYS)
  readonly JANITOR_KEEP_HANDLED_DAYS: number = 14;

  /** Operations that ended; the newest of each instance stays. */
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS_IN_DAYS)
  readonly JANITOR_KEEP_OPERATIONS_DAYS: number = 90;

  /** Conditions of the past, logs of ended tasks, and reports of the janitor. */
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS_IN_DAYS)
  readonly JANITOR_KEEP_HISTORY_DAYS: number = 30;

  /** Tombstones of what was removed. */
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS_IN_DAYS)
  readonly JANITOR_KEEP_TOMBSTONES_DAYS: number = 90;
}
