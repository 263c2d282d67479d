import { Inject, Injectable } from '@nestjs/common';
import type { OdooImport } from '@saasodoo/backups/domain';
import type { ExternalAddress, NewInstance } from '@saasodoo/instances/domain';
import { AppError, newId } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';
import { CreateInstanceRequest } from '../instances/create-instance.request';
import { OdooVersions } from '../instances/odoo-versions';
import { readWish } from '../instances/read-wish';
import type { ImportInstanceRequest } from './import-instance.request';

/** The instance that an import is to become: as it is asked for, of the version that was sent. */
@Injectable()
export class ImportWishes {
  private readonly address: ExternalAddress;

  constructor(
    @Inject(GatewayConfig) { PUBLIC_SCHEME, BASE_DOMAIN, PUBLIC_PORT }: GatewayConfig,
    @Inject(OdooVersions) private readonly versions: OdooVersions,
  ) {
    this.address = { scheme: PUBLIC_SCHEME, baseDomain: BASE_DOMAIN, port: PUBLIC_PORT };
  }

  /** Throws `import.status_conflict`, or one `InvalidRequest` that names every field that is wrong. */
  read(request: ImportInstanceRequest, { customerId, odooVersion, status }: OdooImport): NewInstance {
    if (odooVersion === undefined || status !== 'received') throw notReceived(status);
    const create = Object.assign(new CreateInstanceRequest(), request, { odoo_version: odooVersion });
    const { versions, address } = this;
    return readWish(create, { id: newId(), customerId, versions, address });
  }
}

function notReceived(status: string): AppError {
  return AppError.terminal('import.status_conflict', `the import is ${status}`, {
    httpStatus: 409,
    hint: 'Only what was received can become an instance, and only once.',
    facts: { status },
  });
}
