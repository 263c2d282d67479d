import { ApiProperty } from '@nestjs/swagger';
import { AuditEntryResponse } from './audit-entry.response';

export class AuditListResponse {
  @ApiProperty({ type: [AuditEntryResponse], description: 'Newest first.' })
  readonly entries!: readonly AuditEntryResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
