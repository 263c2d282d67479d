import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { ApiPaged } from '../openapi/api-paged.decorator';

/** The parameters of every list of what was written down. */
export function ApiAuditFilters(): MethodDecorator {
  const moment = { type: 'string', format: 'date-time' } as const;
  return applyDecorators(
    ApiPaged(),
    ApiQuery({ name: 'subject', required: false, description: 'Id of what it was done to.', type: String }),
    ApiQuery({ name: 'action', required: false, schema: { type: 'string', example: 'instance.terminate' } }),
    ApiQuery({ name: 'from', required: false, schema: moment }),
    ApiQuery({ name: 'to', required: false, description: 'Before this moment.', schema: moment }),
  );
}
