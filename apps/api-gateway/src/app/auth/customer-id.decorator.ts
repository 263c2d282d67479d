import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { AuthenticatedRequest } from './authenticated-request';

/** The id of the customer who asks. */
export const CustomerId = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { customerId } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (customerId !== undefined) return customerId;
  throw AppError.terminal('auth.missing', 'a public route asked who its customer is');
});
