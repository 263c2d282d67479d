import { runApp } from '@saasodoo/bootstrap';
import { MonitorConfig } from './app/app.config';
import { AppModule } from './app/app.module';

void runApp(AppModule, MonitorConfig, { name: 'monitor' });
