import { ApiProperty } from '@nestjs/swagger';
import { type Customer, type Role, roles } from '@saasodoo/identity/domain';

export class CustomerResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'email' })
  readonly email!: string;

  @ApiProperty()
  readonly first_name!: string;

  @ApiProperty()
  readonly last_name!: string;

  @ApiProperty({ enum: roles })
  readonly role!: Role;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  static of({ id, email, firstName, lastName, role, createdAt }: Customer): CustomerResponse {
    const created_at = createdAt.toISOString();
    return { id, email, first_name: firstName, last_name: lastName, role, created_at };
  }
}
