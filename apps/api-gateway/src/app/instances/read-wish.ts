import { assertStrongPassword } from '@saasodoo/identity/domain';
import {
  type BillingStatus,
  externalUrl,
  type NewInstance,
  normaliseDatabaseName,
  serviceName,
} from '@saasodoo/instances/domain';
import type { ExternalAddress } from '@saasodoo/instances/domain';
import { InvalidRequest } from '../http/invalid-request';
import type { CreateInstanceRequest } from './create-instance.request';
import { FieldReader } from './field-reader';
import type { OdooVersions } from './odoo-versions';
import { MEMORY, sizeWithin, STORAGE } from './size-within';

export interface WishContext {
  /** Of the instance to be. */
  readonly id: string;
  readonly customerId: string;
  readonly versions: OdooVersions;
  readonly address: ExternalAddress;
}

/** Turns a request into the instance it wishes for. Throws one `InvalidRequest` that names every field that is wrong. */
export function readWish(
  request: CreateInstanceRequest,
  { id, customerId, versions, address }: WishContext,
): NewInstance {
  const fields = new FieldReader();
  const databaseName = fields.read('database_name', () => normaliseDatabaseName(request.database_name));
  const odooVersion = fields.read('odoo_version', () => versions.resolve(request.odoo_version));
  const billingStatus = fields.read('billing_status', () => choosable(request.billing_status));
  const memoryBytes = fields.read('memory_limit', () => sizeWithin(request.memory_limit, MEMORY));
  const storageBytes = fields.read('storage_limit', () => sizeWithin(request.storage_limit, STORAGE));
  const { admin_password } = request;
  if (admin_password !== undefined) {
    fields.read('admin_password', () => assertStrongPassword(admin_password, request.admin_email));
  }
  fields.assertNoErrors();
  return {
    id,
    customerId,
    name: request.name,
    ...(request.description === undefined ? {} : { description: request.description }),
    ...(request.language === undefined ? {} : { language: request.language }),
    instanceType: request.instance_type,
    adminEmail: request.admin_email,
    cpuLimit: request.cpu_limit,
    demoData: request.demo_data,
    ...{ databaseName, odooVersion, billingStatus, memoryBytes, storageBytes },
    serviceName: serviceName(databaseName, id),
    externalUrl: externalUrl(databaseName, address),
  };
}

/** Nobody marks an instance paid but billing. */
function choosable(status: BillingStatus): BillingStatus {
  if (status !== 'paid') return status;
  throw InvalidRequest.field(
    'billing_status',
    'billing_status.not_choosable',
    'an instance becomes paid by a payment; choose trial or payment_required',
  );
}
