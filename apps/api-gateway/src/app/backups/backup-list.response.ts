import { ApiProperty } from '@nestjs/swagger';
import { BackupResponse } from './backup.response';

export class BackupListResponse {
  @ApiProperty({ type: [BackupResponse], description: 'Newest first.' })
  readonly backups!: readonly BackupResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
