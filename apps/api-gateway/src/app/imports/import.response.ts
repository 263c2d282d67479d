import { ApiProperty } from '@nestjs/swagger';
import {
  type ImportContents,
  type ImportStatus,
  importStatuses,
  type OdooImport,
} from '@saasodoo/backups/domain';
import { timestamp } from '../http/timestamp';

/** What a zip that was received says of itself. */
export class ImportContentsResponse implements ImportContents {
  @ApiProperty({ description: 'As the database was called where it came from.' })
  readonly database_name!: string;

  @ApiProperty({ required: false, example: '17.0.1.3' })
  readonly base_version?: string;

  @ApiProperty()
  readonly modules!: number;

  @ApiProperty({ description: 'Unpacked.' })
  readonly dump_bytes!: number;

  @ApiProperty()
  readonly files!: number;

  @ApiProperty({ description: 'Unpacked.' })
  readonly files_bytes!: number;
}

/** A zip of Odoo's database manager that a customer sends, to become an instance. */
export class ImportResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ enum: importStatuses, description: 'Received means: whole, checked, and kept for a while.' })
  readonly status!: ImportStatus;

  @ApiProperty()
  readonly file_name!: string;

  @ApiProperty()
  readonly size_bytes!: number;

  @ApiProperty({ type: String, nullable: true })
  readonly sha256!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '17.0' })
  readonly odoo_version!: string | null;

  @ApiProperty({ type: ImportContentsResponse, nullable: true })
  readonly contents!: ImportContentsResponse | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'What it became, or is becoming.',
  })
  readonly instance_id!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly received_at!: string | null;

  static of(one: OdooImport): ImportResponse {
    const { id, status, fileName, sizeBytes, createdAt } = one;
    return {
      ...{ id, status },
      file_name: fileName,
      size_bytes: sizeBytes,
      sha256: one.sha256 ?? null,
      odoo_version: one.odooVersion ?? null,
      contents: one.contents ?? null,
      instance_id: one.instanceId ?? null,
      created_at: createdAt.toISOString(),
      received_at: timestamp(one.receivedAt),
    };
  }
}
