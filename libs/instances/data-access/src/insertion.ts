import type { Instance, NewInstance } from '@saasodoo/instances/domain';
import { type Sql, sql } from '@saasodoo/persistence';

const born = { desiredState: 'running', generation: 1, observedGeneration: 0, status: 'creating' } as const;

/** Stores a new instance and claims its name. */
export function insertion(instance: NewInstance, adminPasswordSealed?: string): Sql {
  const { environment } = instance;
  return sql`
    INSERT INTO instance (id, customer_id, subscription_id, name, description, odoo_version, instance_type,
      database_name, name_claimed, admin_email, cpu_limit, memory_bytes, storage_bytes, demo_data, language,
      billing_status, environment, desired_state, generation, observed_generation, status, conditions, service_name,
      external_url, admin_password_sealed, created_at, updated_at)
    VALUES (${instance.id}, ${instance.customerId}, ${instance.subscriptionId}, ${instance.name},
      ${instance.description}, ${instance.odooVersion}, ${instance.instanceType}, ${instance.databaseName}, true,
      ${instance.adminEmail}, ${instance.cpuLimit}, ${instance.memoryBytes}, ${instance.storageBytes},
      ${instance.demoData}, ${instance.language}, ${instance.billingStatus},
      ${environment === undefined ? undefined : JSON.stringify(environment)}, ${born.desiredState},
      ${born.generation}, ${born.observedGeneration}, ${born.status}, '{}', ${instance.serviceName},
      ${instance.externalUrl}, ${adminPasswordSealed}, now(), now())`;
}

/** What `insertion` stored, as it would be read. */
export function asInserted(instance: NewInstance, now: Date): Instance {
  return { ...instance, ...born, conditions: [], createdAt: now, updatedAt: now };
}
