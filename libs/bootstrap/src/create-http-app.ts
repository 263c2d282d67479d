import { type DynamicModule, type LoggerService, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics, ObservabilityModule, OperationalEndpoints } from '@saasodoo/observability';
import { Logger as NestLogger, PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { ConfigModule } from './config.module';
import { correlationIdOf, recordRequests, scopeRequests, serveOperationalEndpoints } from './http-scope';
import { receiveWithin } from './receive-within';
import { refuseAddress } from './refuse-address';
import type { ServiceConfig } from './service-config';

const BODY_LIMIT_BYTES = 1024 ** 2;
/** For a request to arrive whole, unless its route says otherwise; its answer may take as long as it likes. */
const RECEIVE_WITHIN_MS = 15_000;
/** The edge stands in front, on an overlay network; an address from elsewhere cannot forge X-Forwarded-For. */
const TRUSTED_PROXIES = 'loopback, linklocal, uniquelocal';

@Module({})
class RootModule {}

/** The app with its configuration, logging, metrics and operational endpoints; not listening yet. Tests use it as it is. */
export async function createHttpApp(
  appModule: Type | DynamicModule,
  config: ServiceConfig,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const root: DynamicModule = {
    module: RootModule,
    imports: [ConfigModule.of(config), ObservabilityModule.withLogger(logger), appModule],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, createAdapter(), {
    logger: nestLogger(logger),
    abortOnError: false,
  });
  prepareHttp(app, logger);
  return app;
}

function createAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    // Of the headers alone: see `receiveWithin` for the rest.
    http: { headersTimeout: RECEIVE_WITHIN_MS },
    requestTimeout: 0,
    trustProxy: TRUSTED_PROXIES,
    genReqId: correlationIdOf,
    frameworkErrors: refuseAddress,
    forceCloseConnections: 'idle',
  });
}

function nestLogger(logger: Logger): LoggerService {
  return new NestLogger(new PinoLogger({ pinoHttp: { logger } }), {});
}

/** Before anything else touches a request: its scope, its measure, and the endpoints of the operator. */
function prepareHttp(app: NestFastifyApplication, logger: Logger): void {
  const server = app.getHttpAdapter().getInstance();
  scopeRequests(server);
  receiveWithin(server, RECEIVE_WITHIN_MS);
  recordRequests(server, app.get(Metrics), logger);
  serveOperationalEndpoints(server, app.get(OperationalEndpoints));
}
