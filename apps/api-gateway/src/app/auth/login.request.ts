import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';

/** Only shapes are checked: whether such an address or password could exist is for the comparison to say. */
export class LoginRequest {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'test@example.com' })
  @IsString({ message: '$property must be a string' })
  @MaxLength(254)
  email!: string;

  @ApiProperty({ format: 'password', maxLength: 1024, example: 'Test123!' })
  @IsString({ message: '$property must be a string' })
  @MaxLength(1024)
  password!: string;
}
