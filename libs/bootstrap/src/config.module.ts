import { type DynamicModule, Module, type ValueProvider } from '@nestjs/common';
import { ServiceConfig } from './service-config';

/** Provides the loaded configuration under its class and every class it extends, so that each part asks for no more than it needs. */
@Module({})
export class ConfigModule {
  static of(config: ServiceConfig): DynamicModule {
    const tokens = classesOf(config);
    return {
      module: ConfigModule,
      global: true,
      providers: tokens.map((token): ValueProvider => ({ provide: token, useValue: config })),
      exports: tokens,
    };
  }
}

function classesOf(config: ServiceConfig): (typeof ServiceConfig)[] {
  const classes: (typeof ServiceConfig)[] = [];
  for (let prototype: object = config; prototype !== ServiceConfig.prototype;) {
    prototype = Object.getPrototypeOf(prototype) as object;
    classes.push(prototype.constructor as typeof ServiceConfig);
  }
  return classes;
}
