import { ApiProperty } from '@nestjs/swagger';
import { type Role, roles } from '@saasodoo/identity/domain';
import { IsIn } from 'class-validator';

export class UpdateCustomerRequest {
  @ApiProperty({
    enum: roles,
    description:
      'Counts from the next refresh or log-in, within the lifetime of an access token; fewer rights end all sessions.',
  })
  @IsIn(roles)
  role!: Role;
}
