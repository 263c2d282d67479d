import { SetMetadata } from '@nestjs/common';

export const IS_PUBLIC = 'saasodoo:public';

/** Opens a route to everybody; every other one needs a customer. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(IS_PUBLIC, true);
