import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { configureHttp } from './http/configure-http';
import { serveOpenApi } from './openapi/serve-open-api';
import { OperationWatch } from './operations/operation-watch';

/** Everything the gateway is besides its modules. Call it before the app listens. */
export function configureGateway(app: NestFastifyApplication): void {
  configureHttp(app);
  serveOpenApi(app);
  letWaitersGo(app);
}

/** Who waits for an operation is answered when the gateway stops, on a connection that is not kept. */
function letWaitersGo(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  let stopping = false;
  server.addHook('preClose', (done) => {
    stopping = true;
    app.get(OperationWatch).stop();
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) void reply.header('connection', 'close');
    done(null, payload);
  });
}
