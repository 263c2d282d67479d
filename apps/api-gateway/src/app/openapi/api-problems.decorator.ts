import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

/** The refusals a route can answer with. */
export function ApiProblems(...statuses: readonly number[]): MethodDecorator {
  const responses = statuses.map((status) =>
    ApiResponse({
      status,
      description: STATUS_CODES[status] ?? '',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemResponse' } } },
    }),
  );
  return applyDecorators(...responses);
}
