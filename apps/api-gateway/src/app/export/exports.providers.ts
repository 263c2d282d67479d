import type { Provider } from '@nestjs/common';
import { AdminExportController } from './admin-export.controller';
import { ExportLists } from './export-lists';
import { ExportController } from './export.controller';
import { ExportsService } from './exports.service';

/** What customers take with them, as `AppModule` takes it in. */
export const exportControllers = [AdminExportController, ExportController];

export const exportProviders: Provider[] = [ExportLists, ExportsService];
