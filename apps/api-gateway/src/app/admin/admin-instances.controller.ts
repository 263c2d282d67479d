import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { healthStates, instanceStatuses } from '@saasodoo/instances/domain';
import { RequireRole } from '../auth/require-role.decorator';
import { InstanceListResponse } from '../instances/instance-list.response';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { AdminInstancesService } from './admin-instances.service';

const CUSTOMER = {
  name: 'customer',
  required: false,
  schema: { type: 'string', format: 'uuid' },
} as const;
const TEXT = {
  name: 'text',
  required: false,
  type: String,
  description: "Part of its name, database name, service name, administrator's address or id.",
} as const;

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('support')
@Controller('admin')
export class AdminInstancesController {
  constructor(@Inject(AdminInstancesService) private readonly instances: AdminInstancesService) {}

  @Get('instances')
  @ApiOperation({ summary: 'List the instances of all customers' })
  @ApiPaged()
  @ApiQuery({ name: 'status', required: false, enum: instanceStatuses })
  @ApiQuery({ name: 'health', required: false, enum: healthStates, description: 'As last seen.' })
  @ApiQuery({ name: 'failed', required: false, type: Boolean, description: 'Whether it is in error.' })
  @ApiQuery(CUSTOMER)
  @ApiQuery(TEXT)
  @ApiOkResponse({ type: InstanceListResponse })
  @ApiProblems(401, 403, 422)
  list(@Query() query: Readonly<Record<string, unknown>>): Promise<InstanceListResponse> {
    return this.instances.list(query);
  }

  @Get('failed-instances')
  @ApiOperation({ summary: 'List the instances that are in error', description: 'Their error says why.' })
  @ApiPaged()
  @ApiQuery(CUSTOMER)
  @ApiQuery(TEXT)
  @ApiOkResponse({ type: InstanceListResponse })
  @ApiProblems(401, 403, 422)
  failed(@Query() query: Readonly<Record<string, unknown>>): Promise<InstanceListResponse> {
    return this.instances.listFailed(query);
  }
}
