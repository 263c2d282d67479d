import { ApiProperty } from '@nestjs/swagger';
import { HealthResponse } from './health.response';

export class ServiceListResponse {
  @ApiProperty({ type: [HealthResponse], description: 'Those of the newest instances first.' })
  readonly services!: readonly HealthResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
