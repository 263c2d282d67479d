import type { Type } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { toErrorRecord } from '@saasodoo/kernel';
import { createLogger, Health } from '@saasodoo/observability';
import type { Logger } from 'pino';
import { createHttpApp } from './create-http-app';
import { type ConfigClass, loadConfig } from './load-config';
import type { ServiceConfig } from './service-config';
import { stopOnSignals } from './shutdown';

export interface RunAppOptions<Config extends ServiceConfig> {
  /** The app's name in logs, as in the stack. */
  readonly name: string;
  /** Port of Nest's HTTP server when it is not HTTP_PORT (the edge keeps that one for its proxy). */
  readonly port?: (config: Readonly<Config>) => number;
  /** The message transport to connect; messages flow after HTTP listens. */
  readonly transport?: (app: NestFastifyApplication) => CustomTransportStrategy;
  /** Last touches to the HTTP app before it listens: filters, OpenAPI. */
  readonly configure?: (app: NestFastifyApplication, config: Readonly<Config>) => void | Promise<void>;
}

const ALL_INTERFACES = '0.0.0.0';

/** The whole `main` of an app: configuration, logging, HTTP, messages, and an orderly end. Never rejects; a failed start exits with 1. */
export async function runApp<Config extends ServiceConfig>(
  appModule: Type,
  configClass: ConfigClass<Config>,
  options: RunAppOptions<Config>,
): Promise<void> {
  const config = loadConfigOrExit(configClass, options.name);
  const logger = createLogger({ name: options.name, level: config.LOG_LEVEL });
  exitOnUnhandled(logger);
  try {
    await start(appModule, config, { ...options, logger });
  } catch (err) {
    logger.fatal({ err }, `${options.name} could not start: ${toErrorRecord(err).message}`);
    process.exit(1);
  }
}

async function start<Config extends ServiceConfig>(
  appModule: Type,
  config: Readonly<Config>,
  options: RunAppOptions<Config> & { readonly logger: Logger },
): Promise<void> {
  const { logger, name, configure, port } = options;
  const app = await createHttpApp(appModule, config, logger);
  stopOnSignals(app, { graceSeconds: config.SHUTDOWN_GRACE_SECONDS, logger });
  await configure?.(app, config);
  const startTransport = connectTransport(app, options);
  await app.listen(port?.(config) ?? config.HTTP_PORT, ALL_INTERFACES);
  logger.info(`${name} listens on ${await app.getUrl()}`);
  await startTransport();
}

/** HTTP listens first, so that an app whose broker is away is alive and says what it waits for. */
function connectTransport<Config extends ServiceConfig>(
  app: NestFastifyApplication,
  { transport }: RunAppOptions<Config>,
): () => Promise<void> {
  if (transport === undefined) return () => Promise.resolve();
  app.connectMicroservice({ strategy: transport(app) }, { inheritAppConfig: true });
  let started = false;
  app.get(Health).register('transport', () => {
    if (!started) throw new Error('the message transport has not started yet');
  });
  return async () => {
    await app.startAllMicroservices();
    started = true;
  };
}

function loadConfigOrExit<Config extends ServiceConfig>(
  configClass: ConfigClass<Config>,
  name: string,
): Readonly<Config> {
  try {
    return loadConfig(configClass);
  } catch (error) {
    const { message, hint } = toErrorRecord(error);
    process.stderr.write(`${name} cannot start: ${message}\n${hint ?? ''}\n`);
    return process.exit(1);
  }
}

/** State after an unforeseen error is unknown; the orchestrator starts a clean process. */
function exitOnUnhandled(logger: Logger): void {
  const die = (kind: string) => (err: unknown) => {
    logger.fatal({ err }, `${kind}; exiting`);
    process.exit(1);
  };
  process.on('unhandledRejection', die('unhandled rejection'));
  process.on('uncaughtException', die('uncaught exception'));
}
