import { Inject, Injectable } from '@nestjs/common';
import type { Backup } from '@saasodoo/backups/domain';
import type { ExternalAddress, Instance, NewInstance } from '@saasodoo/instances/domain';
import { formatSize, newId } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';
import { CreateInstanceRequest } from '../instances/create-instance.request';
import { OdooVersions } from '../instances/odoo-versions';
import { readWish } from '../instances/read-wish';
import type { CopyBackupRequest } from './copy-backup.request';

/** The instance that a backup is to become: of the shape of the one it came from, under another name. */
@Injectable()
export class CopyWishes {
  private readonly address: ExternalAddress;

  constructor(
    @Inject(GatewayConfig) { PUBLIC_SCHEME, BASE_DOMAIN, PUBLIC_PORT }: GatewayConfig,
    @Inject(OdooVersions) private readonly versions: OdooVersions,
  ) {
    this.address = { scheme: PUBLIC_SCHEME, baseDomain: BASE_DOMAIN, port: PUBLIC_PORT };
  }

  /** Throws one `InvalidRequest` that names every field that is wrong. */
  read(request: CopyBackupRequest, source: Instance, backup: Backup): NewInstance {
    const create = Object.assign(new CreateInstanceRequest(), {
      name: request.name,
      database_name: request.database_name,
      admin_email: source.adminEmail,
      odoo_version: backup.odooVersion,
      instance_type: request.neutralise ? 'staging' : source.instanceType,
      cpu_limit: source.cpuLimit,
      memory_limit: formatSize(source.memoryBytes),
      storage_limit: formatSize(source.storageBytes),
    });
    const { versions, address } = this;
    const wish = readWish(create, { id: newId(), customerId: source.customerId, versions, address });
    // Not chosen by a customer: whoever pays for the one pays for what is tried on its data.
    return { ...wish, billingStatus: source.billingStatus };
  }
}
