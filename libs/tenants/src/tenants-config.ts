import { ServiceConfig } from '@saasodoo/bootstrap';
import type { OdooImage } from '@saasodoo/instances/domain';
import { Transform } from 'class-transformer';
import {
  IsBase64,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
} from 'class-validator';

const DATABASE_URL = { protocols: ['postgres', 'postgresql'], require_tld: false, allow_underscores: true };
const BROKER_URL = { protocols: ['amqp', 'amqps'], require_tld: false, allow_underscores: true };

/** The environment of every app that acts on instances. Every variable may be given as a file, as `NAME_FILE`. */
export class TenantsConfig extends ServiceConfig {
  @IsUrl(DATABASE_URL)
  readonly CONTROL_DATABASE_URL!: string;

  @IsString()
  readonly CONTROL_DATABASE_PASSWORD!: string;

  @IsUrl(BROKER_URL)
  readonly RABBITMQ_URL!: string;

  @IsString()
  readonly RABBITMQ_PASSWORD!: string;

  /** 32 bytes in base64; opens and seals the passwords that rest in PostgreSQL. */
  @IsBase64()
  readonly ENCRYPTION_KEY!: string;

  /** Tells the instances of this platform from those of another one on the same swarm. */
  @IsString()
  readonly PLATFORM_NAME: string = 'saasodoo';

  @IsString()
  readonly BASE_DOMAIN: string = 'localhost';

  /** What is offered, and what an upgrade leads to, by version: `{"17":{"image":"odoo:17.0","profile":"official"}}`. */
  @Transform(({ value }) => parseJson(value))
  @IsObject({ message: 'ODOO_IMAGES must be JSON such as {"17":{"image":"odoo:17.0","profile":"official"}}' })
  readonly ODOO_IMAGES!: Readonly<Record<string, OdooImage>>;

  @IsString()
  readonly DOCKER_SOCKET: string = '/var/run/docker.sock';

  /** Name of the overlay network of tenants, edge and tenant database servers. */
  @IsString()
  readonly TENANT_NETWORK: string = 'saasodoo-network';

  /** The range it is made with when it has to be made anew, such as `10.20.0.0/22`; the engine's choice when absent. */
  @IsOptional()
  @Matches(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/)
  readonly TENANT_NETWORK_SUBNET?: string;

  /** `vip` needs IPVS in the kernel of every node. */
  @IsIn(['vip', 'dnsrr'])
  readonly TENANT_ENDPOINT_MODE: 'vip' | 'dnsrr' = 'dnsrr';

  /** For jobs on the data of instances: bash, tar, zstd and the programs of PostgreSQL, not older than the servers. */
  @IsString()
  readonly DATA_JOB_IMAGE: string = 'postgres:17';

  @IsString()
  readonly TENANT_DATABASE_HOST!: string;

  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly TENANT_DATABASE_PORT: number = 5432;

  /** `cephfs` enforces quotas and is the same on every node; `local` is the disk of one node and enforces none. */
  @IsIn(['local', 'cephfs'])
  readonly STORAGE_DRIVER: 'local' | 'cephfs' = 'local';

  /** How many files and directories an instance may have on CephFS; as many as it likes when absent. */
  @IsOptional()
  @IsInt()
  @Min(1_000)
  readonly STORAGE_MAX_FILES?: number;

  /** Mounted here under the same path as on the nodes: it becomes the source of bind mounts. */
  @IsString()
  readonly STORAGE_ROOT: string = '/var/lib/saasodoo/storage';

  /** After so long without a heartbeat another worker takes an operation over. */
  @IsInt()
  @Min(1_000)
  @Max(300_000)
  readonly OPERATION_LEASE_MS: number = 15_000;

  /** How long a task may wait for a node or an address before it is given up. */
  @IsInt()
  @Min(0)
  readonly TENANT_PLACEMENT_GRACE_MS: number = 15_000;

  /** How long Odoo may take from its task running to its first answer. */
  @IsInt()
  @Min(1_000)
  readonly TENANT_HTTP_TIMEOUT_MS: number = 120_000;
}

function parseJson(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    // Left as it came: the validator then says what it should have been.
    return value;
  }
}
