import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { OdooVersions } from './odoo-versions';
import { VersionsResponse } from './versions.response';

@ApiTags('instances')
@ApiBearerAuth()
@Controller('instance/versions')
export class VersionsController {
  constructor(@Inject(OdooVersions) private readonly versions: OdooVersions) {}

  @Get()
  @ApiOperation({ summary: 'List the Odoo versions that can be had here' })
  @ApiOkResponse({ type: VersionsResponse })
  @ApiProblems(401)
  list(): VersionsResponse {
    return { versions: this.versions.all };
  }
}
