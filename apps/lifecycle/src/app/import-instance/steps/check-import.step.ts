import { Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { ReceivedImports } from '../received-imports';

/** Whose the import is, and whether it is still what was received: before anything is made. */
@Injectable()
export class CheckImportStep implements Step<TenantContext> {
  readonly name = 'check-import';
  readonly timeoutMs = 600_000;

  constructor(private readonly received: ReceivedImports) {}

  async run({ operation, instance }: TenantContext): Promise<JsonObject> {
    return this.received.with(operation, async ({ odooVersion, contents }) => {
      if (odooVersion !== instance.odooVersion) throw versionDiffers(odooVersion, instance.odooVersion);
      return { odoo_version: odooVersion, ...contents };
    });
  }
}

function versionDiffers(found: string, wanted: string): AppError {
  return AppError.terminal(
    'import.version_differs',
    `the import is of Odoo ${found}, the instance of ${wanted}`,
  );
}
