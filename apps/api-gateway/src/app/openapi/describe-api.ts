import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ConfigModule } from '@saasodoo/bootstrap';
import { createLogger, ObservabilityModule } from '@saasodoo/observability';
import { GatewayConfig } from '../app.config';
import { AppModule } from '../app.module';
import { openApiDocument } from './open-api-document';

@Module({})
class PreviewModule {}

/** The same document as at `/openapi.json`, from the declarations alone: nothing is configured, connected or started. */
export async function describeApi(): Promise<OpenAPIObject> {
  const logger = createLogger({ name: 'preview', level: 'silent' });
  const root: DynamicModule = {
    module: PreviewModule,
    imports: [ConfigModule.of(new GatewayConfig()), ObservabilityModule.withLogger(logger), AppModule],
  };
  const options = { preview: true, logger: false, abortOnError: false } as const;
  return openApiDocument(await NestFactory.create(root, new FastifyAdapter(), options));
}
