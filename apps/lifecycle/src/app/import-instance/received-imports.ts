import { Injectable } from '@nestjs/common';
import { ImportRepository } from '@saasodoo/backups/data-access';
import type { OdooImport } from '@saasodoo/backups/domain';
import { AppError } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import { inputText } from '../backups/instance-data';
import { ImportFiles } from './import-files';
import { BackupsConfig } from '../backups/backups.config';
import { type OpenImport, withImport } from './open-import';

/** The import that an operation makes an instance of. */
@Injectable()
export class ReceivedImports {
  constructor(
    private readonly imports: ImportRepository,
    private readonly files: ImportFiles,
    private readonly config: BackupsConfig,
  ) {}

  /** Throws `import.not_found`, `import.foreign`. */
  async of(operation: Operation): Promise<OdooImport> {
    const found = await this.imports.get(inputText(operation, 'import_id'));
    const isOurs = found.customerId === operation.customerId && found.instanceId === operation.instanceId;
    if (isOurs && found.status === 'importing') return found;
    throw AppError.terminal('import.foreign', 'the import is not for this instance', {
      hint: 'Begin again with an import that was received.',
    });
  }

  /** Judged anew: what lies on a disk for a while is not believed. Throws what `withImport` throws. */
  async with<T>(operation: Operation, work: (zip: OpenImport) => Promise<T>): Promise<T> {
    const { id } = await this.of(operation);
    return withImport(this.files.content(id), this.config, work);
  }
}
