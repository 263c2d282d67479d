import { SetMetadata } from '@nestjs/common';

export const IS_OWN_SESSION = 'saasodoo:own-session';

/** Lets support use a route that changes something: nothing but the caller's own session. */
export const OwnSession = (): MethodDecorator & ClassDecorator => SetMetadata(IS_OWN_SESSION, true);
