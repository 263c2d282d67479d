import { Inject, Injectable } from '@nestjs/common';
import { AppError, errorCode } from '@saasodoo/kernel';
import { NOT_ANSWERING } from '@saasodoo/odoo';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE, type TenantContext } from '@saasodoo/tenants';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { InstanceData } from '../../backups/instance-data';
import { DrillOdoo } from '../drill-odoo';

/** A throw-away Odoo on what was restored, which is asked for its login page and ended. */
@Injectable()
export class ProbeOdooStep implements Step<TenantContext> {
  readonly name = 'probe-odoo';
  readonly timeoutMs: number;

  constructor(
    @Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage,
    private readonly data: InstanceData,
    private readonly odoo: DrillOdoo,
  ) {
    this.timeoutMs = odoo.withinMs + 60_000;
  }

  async run(context: TenantContext): Promise<JsonObject> {
    await this.nameFilestore(context);
    try {
      const { logTail } = await this.odoo.run(context);
      return { log: logTail };
    } catch (error) {
      throw failureOf(error);
    }
  }

  async undo(context: TenantContext): Promise<void> {
    await this.odoo.clear(context);
  }

  /** Odoo finds its files by the name of its database, and this one keeps the name it was prepared under. */
  private async nameFilestore({ instance, operation }: TenantContext): Promise<void> {
    const { staged: directory } = this.data.directories(instance, operation.id);
    const { live, staged } = this.data.databases(instance, operation.id);
    const filestore = join(this.storage.path(directory), 'filestore');
    await rename(join(filestore, live), join(filestore, staged)).catch((error: unknown) => {
      // Done before, or the instance never stored a file.
      if (errorCode(error) !== 'ENOENT') throw error;
    });
  }
}

/** One that ended by itself may have lost its database server for a moment; one that was given its time was given enough. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'swarm.exited') return error;
  const options = { cause: error, facts: error.facts, hint: 'The last lines of its log say why.' };
  return Number(error.facts['exitCode']) === NOT_ANSWERING
    ? AppError.terminal('odoo.not_answering', 'an Odoo on the restored data did not answer in time', options)
    : AppError.retryable('odoo.ended', 'an Odoo on the restored data ended by itself', options);
}
