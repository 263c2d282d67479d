import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ApiAuditFilters } from '../audit/api-audit-filters.decorator';
import { AuditListResponse } from '../audit/audit-list.response';
import { AuditService } from '../audit/audit.service';
import { RequireRole } from '../auth/require-role.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';

const ID = { type: 'string', format: 'uuid' } as const;

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('support')
@Controller('admin/audit')
export class AdminAuditController {
  constructor(@Inject(AuditService) private readonly audit: AuditService) {}

  @Get()
  @ApiOperation({ summary: 'See who did what' })
  @ApiAuditFilters()
  @ApiQuery({ name: 'actor', required: false, description: 'Who did it.', schema: ID })
  @ApiQuery({ name: 'customer', required: false, description: 'Whose it is.', schema: ID })
  @ApiOkResponse({ type: AuditListResponse })
  @ApiProblems(401, 403, 422)
  list(@Query() query: Readonly<Record<string, unknown>>): Promise<AuditListResponse> {
    return this.audit.all(query);
  }
}
