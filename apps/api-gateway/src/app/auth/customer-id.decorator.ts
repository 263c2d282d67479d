import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { actorOf } from './actor-of';

/** The id of the customer who asks, for what is only ever their own. */
export const CustomerId = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  return actorOf(context).customerId;
});
