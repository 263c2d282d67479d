import { ApiProperty } from '@nestjs/swagger';
import { CustomerResponse } from './customer.response';

export class SessionResponse {
  @ApiProperty()
  readonly access_token!: string;

  @ApiProperty({ enum: ['Bearer'] })
  readonly token_type!: 'Bearer';

  @ApiProperty({ description: 'Seconds until the access token expires.', example: 900 })
  readonly expires_in!: number;

  @ApiProperty({ description: 'Good for one POST /refresh, which answers the next one.' })
  readonly refresh_token!: string;

  @ApiProperty({ type: CustomerResponse })
  readonly customer!: CustomerResponse;
}
