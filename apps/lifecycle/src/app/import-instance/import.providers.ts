import type { Provider, Type } from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import type { Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { DataSource } from 'typeorm';
import { ImportFiles } from './import-files';
import { ImportInstanceHandler } from './import-instance.handler';
import { ImportSweeper } from './import-sweeper';
import { ImportUploads } from './import-uploads';
import { ImportUploadsController } from './import-uploads.controller';
import { ReceivedImports } from './received-imports';
import { CheckImportStep } from './steps/check-import.step';
import { LoadDatabaseStep } from './steps/load-database.step';
import { UnpackDumpStep } from './steps/unpack-dump.step';
import { UnpackFilesStep } from './steps/unpack-files.step';
import { ZipBodies } from './zip-bodies';

export const importStepClasses: readonly Type<Step<TenantContext>>[] = [
  CheckImportStep,
  LoadDatabaseStep,
  UnpackDumpStep,
  UnpackFilesStep,
];

export const importControllers: readonly Type[] = [ImportInstanceHandler, ImportUploadsController];

/** What takes imports in and makes instances of them. */
export const importProviders: readonly Provider[] = [
  {
    provide: ImportRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new ImportRepository(dataSource),
  },
  ImportFiles,
  ImportSweeper,
  ImportUploads,
  ReceivedImports,
  ZipBodies,
];
