import { type DynamicModule, Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { Health } from './health';
import { loggingParams } from './logging';
import { Metrics } from './metrics';
import { OperationalEndpoints } from './operational-endpoints';

/** Logging, metrics and health for the whole app; imported once, by the bootstrap. */
@Global()
@Module({
  providers: [Health, Metrics, OperationalEndpoints],
  exports: [Health, Metrics, OperationalEndpoints],
})
export class ObservabilityModule {
  static withLogger(logger: Logger): DynamicModule {
    return { module: ObservabilityModule, imports: [LoggerModule.forRoot(loggingParams(logger))] };
  }
}
