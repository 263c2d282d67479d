import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Health } from '@saasodoo/observability';
import type { Logger } from 'pino';

export interface ShutdownOptions {
  readonly graceSeconds: number;
  readonly logger: Logger;
  /** Ends the process; a test passes its own. */
  readonly exit?: (code: number) => void;
}

/** Share of the grace that requests under way may use before their connections are cut; the rest is for messages and pools. */
const DRAIN_SHARE = 0.5;

/** Stops the app in order, once: not ready, no new requests, drain, close what modules opened, exit. */
export function stopOnSignals(app: NestFastifyApplication, options: ShutdownOptions): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    void shutDown(app, signal, options);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function shutDown(
  app: NestFastifyApplication,
  signal: NodeJS.Signals,
  options: ShutdownOptions,
): Promise<void> {
  const { graceSeconds, logger, exit = (code) => process.exit(code) } = options;
  logger.info(`${signal}: stopping`);
  const hardStop = setTimeout(() => {
    logger.error({ graceSeconds }, 'work under way did not end within the grace period; exiting without it');
    exit(1);
  }, graceSeconds * 1000);
  try {
    app.get(Health).register('stopping', () => Promise.reject(new Error('the app is shutting down')));
    await drain(app, graceSeconds * 1000 * DRAIN_SHARE);
    await app.close();
    clearTimeout(hardStop);
    logger.info('stopped');
    exit(0);
  } catch (err) {
    logger.error({ err }, 'stopping failed');
    exit(1);
  }
}

/** Open streams (server-sent events) would hold the server for ever, so connections are cut when their time is over. */
async function drain(app: NestFastifyApplication, withinMs: number): Promise<void> {
  const server = app.getHttpServer();
  const cut = setTimeout(() => server.closeAllConnections(), withinMs);
  await app.getHttpAdapter().close();
  clearTimeout(cut);
}
