import { Injectable } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { FetchBackupStep } from '../../restore-instance/steps/fetch-backup.step';
import { RestoreDatabaseStep } from '../../restore-instance/steps/restore-database.step';
import { RestoreFilesStep } from '../../restore-instance/steps/restore-files.step';
import { ProbeOdooStep } from './probe-odoo.step';

/** A drill that went well is undone all the same; one that did not is undone by its operation. */
@Injectable()
export class RemoveDrillStep implements Step<TenantContext> {
  readonly name = 'remove-drill';

  constructor(
    private readonly probe: ProbeOdooStep,
    private readonly files: RestoreFilesStep,
    private readonly database: RestoreDatabaseStep,
    private readonly fetched: FetchBackupStep,
  ) {}

  async run(context: TenantContext): Promise<void> {
    await this.probe.undo(context);
    await this.files.undo(context);
    await this.database.undo(context);
    await this.fetched.undo(context);
  }
}
