import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiQuery } from '@nestjs/swagger';
import { ApiIdempotent } from '../idempotency/idempotency-key-header.decorator';
import { ApiProblems } from '../openapi/api-problems.decorator';
import { CommandPreviewResponse } from './command-preview.response';
import { InstanceResponse } from './instance.response';

/** Describes a route that commands an instance: 202 with the operation, or 200 with what would run. */
export function ApiCommand(summary: string, description: string): MethodDecorator {
  return applyDecorators(
    HttpCode(202),
    ApiOperation({ summary, description }),
    ApiIdempotent(),
    ApiQuery({
      name: 'dry_run',
      required: false,
      type: Boolean,
      description: 'Answer what would run, and change nothing.',
    }),
    ApiAcceptedResponse({ type: InstanceResponse }),
    ApiOkResponse({ type: CommandPreviewResponse, description: 'With dry_run=true.' }),
    ApiProblems(401, 403, 404, 409, 422),
  );
}
