import { runApp } from '@saasodoo/bootstrap';
import { GatewayConfig } from './app/app.config';
import { AppModule } from './app/app.module';
import { configureGateway } from './app/configure-gateway';

void runApp(AppModule, GatewayConfig, { name: 'api-gateway', configure: configureGateway });
