import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DATABASE_NAME_MAX_LENGTH } from '@saasodoo/instances/domain';
import { IsBoolean, IsOptional, IsString } from 'class-validator';
import { IsText } from '../http/is-text.decorator';

export class CopyBackupRequest {
  @ApiProperty({ minLength: 1, maxLength: 100, example: 'Shop, to try things' })
  @IsText({ min: 1, max: 100 })
  name!: string;

  @ApiProperty({
    maxLength: DATABASE_NAME_MAX_LENGTH,
    description: 'Also the subdomain.',
    example: 'shop-staging',
  })
  @IsString({ message: '$property must be a string' })
  database_name!: string;

  @ApiPropertyOptional({
    default: true,
    description:
      'Nothing in the copy reaches the outside: no mail, no scheduled jobs, no payments, no paid services. ' +
      'Without it, two instances send the same mails.',
  })
  @IsOptional()
  @IsBoolean()
  neutralise: boolean = true;
}
