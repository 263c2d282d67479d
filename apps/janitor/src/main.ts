import { runApp } from '@saasodoo/bootstrap';
import { JanitorConfig } from './app/app.config';
import { AppModule } from './app/app.module';

void runApp(AppModule, JanitorConfig, { name: 'janitor' });
