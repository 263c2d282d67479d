import { ApiProperty } from '@nestjs/swagger';

export class CredentialsResponse {
  @ApiProperty({ description: "Login of Odoo's administrator.", example: 'admin@test.com' })
  readonly login!: string;

  @ApiProperty({ format: 'password' })
  readonly password!: string;
}
