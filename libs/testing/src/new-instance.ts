import { externalUrl, type NewInstance, serviceName } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';

/** An instance nobody has asked for yet, with a database name of its own. */
export function newInstance(change: Partial<NewInstance> = {}): NewInstance {
  const id = newId();
  const databaseName = change.databaseName ?? `t${id.replaceAll('-', '')}`;
  return {
    id,
    customerId: newId(),
    name: 'A shop',
    odooVersion: '17.0',
    instanceType: 'development',
    databaseName,
    adminEmail: 'admin@example.com',
    cpuLimit: 0.5,
    memoryBytes: 1024 ** 3,
    storageBytes: 10 * 1024 ** 3,
    demoData: false,
    billingStatus: 'trial',
    serviceName: serviceName(databaseName, id),
    externalUrl: externalUrl(databaseName, { scheme: 'http', baseDomain: 'example.com' }),
    ...change,
  };
}
