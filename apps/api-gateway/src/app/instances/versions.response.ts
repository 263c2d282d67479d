import { ApiProperty } from '@nestjs/swagger';

export class VersionsResponse {
  @ApiProperty({ type: [String], description: 'Newest first.', example: ['18.0', '17.0'] })
  readonly versions!: readonly string[];
}
