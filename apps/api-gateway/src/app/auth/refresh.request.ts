import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';

export class RefreshRequest {
  @ApiProperty({
    description: 'The refresh token of the latest answer; it is good for one use.',
    maxLength: 200,
  })
  @IsString({ message: '$property must be a string' })
  @MaxLength(200)
  refresh_token!: string;
}
