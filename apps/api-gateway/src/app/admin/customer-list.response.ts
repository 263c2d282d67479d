import { ApiProperty } from '@nestjs/swagger';
import { CustomerResponse } from '../auth/customer.response';

export class CustomerListResponse {
  @ApiProperty({ type: [CustomerResponse], description: 'Newest first.' })
  readonly customers!: readonly CustomerResponse[];

  @ApiProperty({ description: 'On all pages together.' })
  readonly total!: number;

  @ApiProperty()
  readonly page!: number;

  @ApiProperty()
  readonly page_size!: number;
}
