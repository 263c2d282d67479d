import { runApp } from '@saasodoo/bootstrap';
import { AppModule } from './app/app.module';
import { EdgeConfig } from './app/app.config';

void runApp(AppModule, EdgeConfig, { name: 'edge', port: ({ ADMIN_PORT }) => ADMIN_PORT });
