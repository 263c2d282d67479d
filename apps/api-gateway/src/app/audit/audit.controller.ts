import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CustomerId } from '../auth/customer-id.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { ApiAuditFilters } from './api-audit-filters.decorator';
import { AuditListResponse } from './audit-list.response';
import { AuditService } from './audit.service';

@ApiTags('audit')
@ApiBearerAuth()
@Controller('instance/audit')
export class AuditController {
  constructor(@Inject(AuditService) private readonly audit: AuditService) {}

  @Get()
  @ApiOperation({
    summary: 'See what was done with what is yours',
    description:
      'By you, by somebody who tried to be you, or by an operator, of whom only the role is shown.',
  })
  @ApiAuditFilters()
  @ApiOkResponse({ type: AuditListResponse })
  @ApiProblems(401, 422)
  list(
    @CustomerId() customerId: string,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<AuditListResponse> {
    return this.audit.ofCustomer(customerId, query);
  }
}
