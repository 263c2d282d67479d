export { ConfigModule } from './config.module';
export { createHttpApp } from './create-http-app';
export { type ConfigClass, loadConfig } from './load-config';
export { RECEIVES_SLOWLY } from './receive-within';
export { runApp, type RunAppOptions } from './run-app';
export { ServiceConfig } from './service-config';
