import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { drillFilters } from '@saasodoo/backups/data-access';
import { RequireRole } from '../auth/require-role.decorator';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { BackupListResponse } from './backup-list.response';
import { DrilledBackups } from './drilled-backups.service';

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('support')
@Controller('admin/backups')
export class DrilledBackupsController {
  constructor(@Inject(DrilledBackups) private readonly backups: DrilledBackups) {}

  @Get()
  @ApiOperation({
    summary: 'List the complete backups of all customers',
    description: 'With `drill=failed` those that could not be restored.',
  })
  @ApiPaged()
  @ApiQuery({
    name: 'drill',
    required: false,
    enum: drillFilters,
    description: 'What their last drill said.',
  })
  @ApiQuery({ name: 'customer', required: false, schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ type: BackupListResponse })
  @ApiProblems(401, 403, 422)
  list(@Query() query: Readonly<Record<string, unknown>>): Promise<BackupListResponse> {
    return this.backups.list(query);
  }
}
