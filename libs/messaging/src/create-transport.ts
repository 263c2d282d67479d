import type { INestApplicationContext } from '@nestjs/common';
import { MessagingRuntime } from './messaging-runtime';
import type { SaasodooTransport } from './transport/saasodoo-transport';

/** The strategy for `app.connectMicroservice({ strategy: createTransport(app) })`; needs MessagingModule. */
export function createTransport(app: INestApplicationContext): SaasodooTransport {
  return app.get(MessagingRuntime).createTransport();
}
