import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

export class LogoutRequest {
  @ApiPropertyOptional({
    description: 'Ends this session only; without it, all sessions of the customer.',
    maxLength: 200,
  })
  @IsOptional()
  @IsString({ message: '$property must be a string' })
  @MaxLength(200)
  refresh_token?: string;
}
