import { runApp } from '@saasodoo/bootstrap';
import { createTransport } from '@saasodoo/messaging';
import { LifecycleConfig } from './app/app.config';
import { AppModule } from './app/app.module';

void runApp(AppModule, LifecycleConfig, { name: 'lifecycle', transport: createTransport });
