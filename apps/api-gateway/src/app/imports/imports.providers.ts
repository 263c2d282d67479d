import type { Provider } from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import { DataSource } from 'typeorm';
import { ImportReceiver } from './import-receiver';
import { ImportUploads } from './import-uploads.service';
import { ImportWishes } from './import-wishes';
import { ImportedInstances } from './imported-instances.service';
import { ImportsController } from './imports.controller';
import { ImportsService } from './imports.service';

/** What customers bring along, as `AppModule` takes it in. */
export const importControllers = [ImportsController];

export const importProviders: Provider[] = [
  {
    provide: ImportRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new ImportRepository(dataSource),
  },
  ImportReceiver,
  ImportUploads,
  ImportWishes,
  ImportedInstances,
  ImportsService,
];
