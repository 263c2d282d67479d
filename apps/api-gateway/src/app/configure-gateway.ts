import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { configureHttp } from './http/configure-http';
import { serveOpenApi } from './openapi/serve-open-api';
import { OperationWatch } from './operations/operation-watch';

/** Everything the gateway is besides its modules. Call it before the app listens. */
export function configureGateway(app: NestFastifyApplication): void {
  configureHttp(app);
  serveOpenApi(app);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('preClose', (done) => {
    app.get(OperationWatch).stop();
    done();
  });
}
