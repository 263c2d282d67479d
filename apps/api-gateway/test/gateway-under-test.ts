import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, loadConfig } from '@saasodoo/bootstrap';
import { createLogger } from '@saasodoo/observability';
import type { DataSource } from 'typeorm';
import { GatewayConfig } from '../src/app/app.config';
import { AppModule } from '../src/app/app.module';
import { configureGateway } from '../src/app/configure-gateway';
import { ApiClient } from './api-client';

/** What a gateway stands on; it is removed with it. */
export interface Ground {
  readonly database: { readonly url: string; readonly dataSource: DataSource; close(): Promise<void> };
  readonly broker: { readonly url: string; remove(): Promise<void> };
}

/** The whole gateway over HTTP, with a database and a virtual host of its own. No worker runs. */
export interface GatewayUnderTest {
  readonly app: NestFastifyApplication;
  readonly dataSource: DataSource;
  /** A client nobody has logged in with. */
  readonly client: ApiClient;
  /** Everything that was logged, one JSON object a line. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

const PASSWORD_ATTEMPTS_WITHOUT_LIMIT = '100000';

export async function startGateway(
  { database, broker }: Ground,
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayUnderTest> {
  const config = loadConfig(GatewayConfig, {
    CONTROL_DATABASE_URL: database.url,
    RABBITMQ_URL: broker.url,
    ACCESS_TOKEN_KEY: randomBytes(32).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    ODOO_IMAGES: '{"14.0":{"image":"saasodoo/odoo:14.0-debian","profile":"debian-14"}}',
    AUTH_ATTEMPTS_PER_MINUTE: PASSWORD_ATTEMPTS_WITHOUT_LIMIT,
    ...environment,
  });
  const log: string[] = [];
  const logger = createLogger({ name: 'api-gateway', destination: { write: (line) => void log.push(line) } });
  const app = await createHttpApp(AppModule, config, logger);
  configureGateway(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    dataSource: database.dataSource,
    client: new ApiClient(`http://127.0.0.1:${port}`),
    log,
    close: async () => {
      await app.close();
      await broker.remove();
      await database.close();
    },
  };
}
