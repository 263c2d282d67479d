import { Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import type { JsonObject, Step } from '@saasodoo/operations/domain';

/** Decides where the database will be; the later steps read it from here, so that a retry does not move. */
@Injectable()
export class AllocateDatabaseServerStep implements Step {
  readonly name = 'allocate-database-server';

  constructor(private readonly databases: TenantDatabases) {}

  async run(): Promise<JsonObject> {
    await this.databases.prepareServer();
    return { server: this.databases.serverName };
  }
}
