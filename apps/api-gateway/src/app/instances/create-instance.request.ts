import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { billingStatuses, DATABASE_NAME_MAX_LENGTH, instanceTypes } from '@saasodoo/instances/domain';
import type { BillingStatus, InstanceType } from '@saasodoo/instances/domain';
import {
  IsBoolean,
  IsIn,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsEmailAddress } from '../auth/is-email-address.decorator';
import { IsText } from '../http/is-text.decorator';

const LANGUAGE = /^[a-z]{2,3}(_[A-Z]{2})?(@[a-z]{2,12})?$/;
const IS_STRING = { message: '$property must be a string' };

export class CreateInstanceRequest {
  @ApiProperty({ minLength: 1, maxLength: 100, example: 'Test Instance' })
  @IsText({ min: 1, max: 100 })
  name!: string;

  @ApiPropertyOptional({ maxLength: 500 })
  @IsOptional()
  @IsText({ min: 0, max: 500, multiline: true })
  description?: string;

  @ApiProperty({
    description:
      'Also the subdomain. Letters, digits and hyphens; unique in the whole platform, in any case of letters.',
    maxLength: DATABASE_NAME_MAX_LENGTH,
    example: 'testdb',
  })
  @IsString(IS_STRING)
  database_name!: string;

  @ApiProperty({
    format: 'email',
    description: "Odoo's administrator logs in with it.",
    example: 'admin@test.com',
  })
  @IsEmailAddress()
  admin_email!: string;

  @ApiPropertyOptional({
    format: 'password',
    description: 'Made up when absent; see the credentials of the instance.',
  })
  @IsOptional()
  @IsText({ min: 8, max: 128 })
  admin_password?: string;

  @ApiProperty({ description: 'One of GET /instance/versions; 17 and 17.0 are the same.', example: '17' })
  @IsText({ min: 1, max: 20 })
  odoo_version!: string;

  @ApiPropertyOptional({ enum: instanceTypes, default: 'development' })
  @IsOptional()
  @IsIn(instanceTypes)
  instance_type: InstanceType = 'development';

  @ApiPropertyOptional({
    enum: billingStatuses,
    default: 'payment_required',
    description:
      'A customer may choose trial or payment_required; that something is paid is for billing to say (422).',
  })
  @IsOptional()
  @IsIn(billingStatuses)
  billing_status: BillingStatus = 'payment_required';

  @ApiPropertyOptional({ minimum: 0.1, maximum: 8, default: 1, description: 'CPUs' })
  @IsOptional()
  @IsNumber()
  @Min(0.1)
  @Max(8)
  cpu_limit: number = 1;

  @ApiPropertyOptional({ default: '1G', description: 'From 64M to 1T.', example: '512M' })
  @IsOptional()
  @IsString(IS_STRING)
  @MaxLength(20)
  memory_limit: string = '1G';

  @ApiPropertyOptional({ default: '10G', description: 'From 100M to 64T.' })
  @IsOptional()
  @IsString(IS_STRING)
  @MaxLength(20)
  storage_limit: string = '10G';

  @ApiPropertyOptional({ default: false, description: "Load Odoo's demonstration data; takes longer." })
  @IsOptional()
  @IsBoolean()
  demo_data: boolean = false;

  @ApiPropertyOptional({
    description: "Odoo's language code; another than en_US takes longer.",
    example: 'de_DE',
  })
  @IsOptional()
  @IsString(IS_STRING)
  @Matches(LANGUAGE, { message: '$property must be a language code such as de_DE' })
  language?: string;
}
