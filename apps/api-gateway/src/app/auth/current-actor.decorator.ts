import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@saasodoo/identity/domain';
import { actorOf } from './actor-of';

/** Who asks, with the role the token says; `readScope` and `changeScope` say whose things that lets them touch. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  return actorOf(context);
});
