import {
  Body,
  Controller,
  Get,
  Inject,
  Param,
  Patch,
  Put,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { roles } from '@saasodoo/identity/domain';
import type { FastifyReply } from 'fastify';
import { RecordRefusals } from '../audit/record-refusals.interceptor';
import { Change } from '../auth/change.decorator';
import { RequireRole } from '../auth/require-role.decorator';
import { give } from '../http/answer';
import { IdPipe } from '../http/id.pipe';
import { ApiIdempotent } from '../idempotency/idempotency-key-header.decorator';
import type { ChangeRequest } from '../instances/change-request';
import { ApiPaged } from '../openapi/api-paged.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { CustomerQuotas } from '../quota/customer-quotas.service';
import { SetQuotaRequest } from '../quota/set-quota.request';
import { AdminCustomerResponse } from './admin-customer.response';
import { CustomerListResponse } from './customer-list.response';
import { CustomersService } from './customers.service';
import { RolesService } from './roles.service';
import { UpdateCustomerRequest } from './update-customer.request';

@ApiTags('admin')
@ApiBearerAuth()
@RequireRole('support')
@UseInterceptors(RecordRefusals)
@Controller('admin/customers')
export class AdminCustomersController {
  constructor(
    @Inject(CustomersService) private readonly customers: CustomersService,
    @Inject(RolesService) private readonly roles: RolesService,
    @Inject(CustomerQuotas) private readonly quotas: CustomerQuotas,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the accounts' })
  @ApiPaged()
  @ApiQuery({ name: 'role', required: false, enum: roles })
  @ApiQuery({
    name: 'text',
    required: false,
    description: 'Part of the e-mail address or the name.',
    type: String,
  })
  @ApiOkResponse({ type: CustomerListResponse })
  @ApiProblems(401, 403, 422)
  list(@Query() query: Readonly<Record<string, unknown>>): Promise<CustomerListResponse> {
    return this.customers.list(query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Look at an account, with its quota and what it uses' })
  @ApiOkResponse({ type: AdminCustomerResponse })
  @ApiProblems(401, 403, 404)
  get(@Param('id', IdPipe) id: string): Promise<AdminCustomerResponse> {
    return this.customers.get(id);
  }

  @Patch(':id')
  @RequireRole('admin')
  @ApiOperation({ summary: 'Give an account a role', description: 'There is always an admin left.' })
  @ApiIdempotent()
  @ApiOkResponse({ type: AdminCustomerResponse })
  @ApiProblems(401, 403, 404, 409, 422)
  async update(
    @Change() change: ChangeRequest,
    @Param('id', IdPipe) id: string,
    @Body() { role }: UpdateCustomerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminCustomerResponse> {
    return give(await this.roles.change({ id, ...change }, role), reply);
  }

  @Put(':id/quota')
  @RequireRole('admin')
  @ApiOperation({
    summary: 'Say what a customer may use',
    description: 'For what is left out, what the site gives everybody holds. What is there already stays.',
  })
  @ApiIdempotent()
  @ApiOkResponse({ type: AdminCustomerResponse })
  @ApiProblems(401, 403, 404, 422)
  async setQuota(
    @Change() change: ChangeRequest,
    @Param('id', IdPipe) id: string,
    @Body() request: SetQuotaRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminCustomerResponse> {
    return give(await this.quotas.set({ id, ...change }, request), reply);
  }
}
