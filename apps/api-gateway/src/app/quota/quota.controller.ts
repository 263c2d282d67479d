import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { QuotaRepository } from '@saasodoo/identity/data-access';
import { CustomerId } from '../auth/customer-id.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { QuotaResponse } from './quota.response';

@ApiTags('instances')
@ApiBearerAuth()
@Controller('instance/quota')
export class QuotaController {
  constructor(@Inject(QuotaRepository) private readonly quotas: QuotaRepository) {}

  @Get()
  @ApiOperation({ summary: 'See what you may use, and what you do use' })
  @ApiOkResponse({ type: QuotaResponse })
  @ApiProblems(401)
  async get(@CustomerId() customerId: string): Promise<QuotaResponse> {
    return QuotaResponse.of(await this.quotas.of(customerId));
  }
}
