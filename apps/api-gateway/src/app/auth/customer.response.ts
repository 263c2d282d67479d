import { ApiProperty } from '@nestjs/swagger';
import type { Customer } from '@saasodoo/identity/domain';

export class CustomerResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'email' })
  readonly email!: string;

  @ApiProperty()
  readonly first_name!: string;

  @ApiProperty()
  readonly last_name!: string;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  static of({ id, email, firstName, lastName, createdAt }: Customer): CustomerResponse {
    return { id, email, first_name: firstName, last_name: lastName, created_at: createdAt.toISOString() };
  }
}
