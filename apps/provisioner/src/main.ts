import { runApp } from '@saasodoo/bootstrap';
import { createTransport } from '@saasodoo/messaging';
import { ProvisionerConfig } from './app/app.config';
import { AppModule } from './app/app.module';

void runApp(AppModule, ProvisionerConfig, { name: 'provisioner', transport: createTransport });
