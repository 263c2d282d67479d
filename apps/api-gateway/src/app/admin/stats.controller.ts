import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../auth/require-role.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { StatsResponse } from './stats.response';
import { StatsService } from './stats.service';

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('support')
@Controller('admin/stats')
export class StatsController {
  constructor(@Inject(StatsService) private readonly stats: StatsService) {}

  @Get()
  @ApiOperation({ summary: 'How much there is of everything' })
  @ApiOkResponse({ type: StatsResponse })
  @ApiProblems(401, 403)
  get(): Promise<StatsResponse> {
    return this.stats.now();
  }
}
