import type { ObjectStoreSettings } from '@saasodoo/backups/destinations';
import { TenantsConfig } from '@saasodoo/tenants';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { join } from 'node:path';

const MEBIBYTE = 1024 ** 2;

/** Needed where backups go to an object store, and where an earlier one still holds some. */
const NeededForObjectStore = ValidateIf(
  ({ BACKUP_DESTINATION, BACKUP_S3_ENDPOINT }: BackupDestinationConfig) =>
    BACKUP_DESTINATION === 's3' || BACKUP_S3_ENDPOINT !== undefined,
);

/** Where backups are kept. */
export class BackupDestinationConfig extends TenantsConfig {
  /** Where backups are prepared, and kept with the destination `directory`; `{STORAGE_ROOT}/odoo_backups` when absent. Mounted here as on the nodes. */
  @IsOptional()
  @Matches(/^\//)
  readonly BACKUP_ROOT?: string;

  /** Where backups made from now on are kept: a directory, or a bucket of an S3-compatible object store. Older ones are found where they lie. */
  @IsIn(['directory', 's3'])
  readonly BACKUP_DESTINATION: 'directory' | 's3' = 'directory';

  @NeededForObjectStore
  @Matches(/^https?:\/\/[^/?#@\s]+\/?$/)
  readonly BACKUP_S3_ENDPOINT?: string;

  @IsString()
  readonly BACKUP_S3_REGION: string = 'us-east-1';

  /** The platform makes none. */
  @NeededForObjectStore
  @Matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
  readonly BACKUP_S3_BUCKET?: string;

  /** Keys begin with it, so that a bucket may hold other things: plain segments with slashes between them. */
  @Matches(/^$|^(?!.*\.\.)[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/)
  readonly BACKUP_S3_PREFIX: string = '';

  @NeededForObjectStore
  @IsString()
  readonly BACKUP_S3_ACCESS_KEY?: string;

  @NeededForObjectStore
  @IsString()
  readonly BACKUP_S3_SECRET_KEY?: string;

  /** `endpoint/bucket`; false: `bucket.endpoint`. */
  @IsBoolean()
  readonly BACKUP_S3_PATH_STYLE: boolean = true;

  /** Certificates in PEM, of who signed the one of the store; those that Node brings when absent. */
  @IsOptional()
  @Matches(/^-----BEGIN CERTIFICATE-----/)
  readonly BACKUP_S3_CA?: string;

  /** Parts are sent in pieces of this size, of which each transfer holds up to three in memory; a part has at most 10,000. */
  @IsInt()
  @Min(5)
  @Max(1_024)
  readonly BACKUP_S3_PIECE_MIB: number = 16;

  get backupRoot(): string {
    return this.BACKUP_ROOT ?? join(this.STORAGE_ROOT, 'odoo_backups');
  }

  /** What is known of the object store; `undefined` where none is configured. */
  get objectStore(): ObjectStoreSettings | undefined {
    const { BACKUP_S3_ENDPOINT: endpoint, BACKUP_S3_CA: ca } = this;
    const { BACKUP_S3_ACCESS_KEY: accessKey, BACKUP_S3_SECRET_KEY: secretKey } = this;
    if (endpoint === undefined || accessKey === undefined || secretKey === undefined) return undefined;
    return {
      ...{ endpoint, accessKey, secretKey },
      region: this.BACKUP_S3_REGION,
      pathStyle: this.BACKUP_S3_PATH_STYLE,
      pieceBytes: this.BACKUP_S3_PIECE_MIB * MEBIBYTE,
      ...(ca === undefined ? {} : { ca }),
    };
  }
}
