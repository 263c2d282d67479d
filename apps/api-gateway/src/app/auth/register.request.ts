import { ApiProperty } from '@nestjs/swagger';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '@saasodoo/identity/domain';
import { IsString } from 'class-validator';
import { IsText } from '../http/is-text.decorator';
import { IsEmailAddress } from './is-email-address.decorator';

export class RegisterRequest {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'test@example.com' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({
    format: 'password',
    minLength: PASSWORD_MIN_LENGTH,
    maxLength: PASSWORD_MAX_LENGTH,
    description: 'Three of lower case, upper case, digits and others; or a phrase of 16 characters or more.',
    example: 'Test123!',
  })
  @IsString({ message: '$property must be a string' })
  password!: string;

  @ApiProperty({ minLength: 1, maxLength: 50, example: 'Test' })
  @IsText({ min: 1, max: 50 })
  first_name!: string;

  @ApiProperty({ minLength: 1, maxLength: 50, example: 'User' })
  @IsText({ min: 1, max: 50 })
  last_name!: string;
}
