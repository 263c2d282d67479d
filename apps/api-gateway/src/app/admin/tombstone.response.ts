import { ApiProperty } from '@nestjs/swagger';

/** A thing that nobody owns, on its way to be removed; or one that was. */
export class TombstoneResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ example: 'service' })
  readonly kind!: string;

  @ApiProperty({ description: 'What Docker, PostgreSQL or the storage call it.' })
  readonly thing_id!: string;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The instance it says it belongs to.' })
  readonly owner_id!: string | null;

  @ApiProperty({ description: 'Why it is thought to be left over.' })
  readonly reason!: string;

  @ApiProperty({ type: Number, nullable: true })
  readonly size_bytes!: number | null;

  @ApiProperty({ format: 'date-time' })
  readonly found_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly quarantined_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly deleted_at!: string | null;
}

export class TombstoneListResponse {
  @ApiProperty({ type: [TombstoneResponse], description: 'Newest first.' })
  readonly tombstones!: readonly TombstoneResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
