import type { Instance } from '@saasodoo/instances/domain';
import { withoutNulls } from '@saasodoo/kernel';
import { sql } from '@saasodoo/persistence';
import type { InstanceEntity, StoredConditions } from './instance.entity';

/** An instance as it is read; what is sealed stays where it is. */
export type InstanceRow = Omit<
  InstanceEntity,
  'nameClaimed' | 'adminPasswordSealed' | 'databasePasswordSealed'
> & { readonly storageUsedBytes: number | null };

/** What the monitor saw, beside what is stored with the instance; empty until it has looked. */
const healthyCondition = sql`
  coalesce((SELECT jsonb_build_object('healthy', jsonb_build_object('status', seen.healthy, 'reason', seen.reason,
                     'message', seen.message, 'since', seen.since))
              FROM instance_observation AS seen WHERE seen.instance_id = instance.id), '{}')`;

/** Answers `InstanceRow`; a condition may follow. Sizes stay below 2^53, so a double holds them. */
export const selectInstances = sql`
  SELECT id, customer_id AS "customerId", subscription_id AS "subscriptionId", name, description,
         odoo_version AS "odooVersion", odoo_image AS "odooImage", instance_type AS "instanceType", database_name AS "databaseName",
         admin_email AS "adminEmail", cpu_limit AS "cpuLimit", memory_bytes::float8 AS "memoryBytes",
         storage_bytes::float8 AS "storageBytes", demo_data AS "demoData", language, billing_status AS "billingStatus",
         environment, desired_state AS "desiredState", generation, observed_generation AS "observedGeneration",
         status, conditions || ${healthyCondition} AS conditions, service_id AS "serviceId", service_name AS "serviceName", internal_url AS "internalUrl",
         external_url AS "externalUrl", database_server AS "databaseServer", database_role AS "databaseRole",
         resume_to AS "resumeTo", service_fingerprint AS "serviceFingerprint", error,
         (SELECT used_bytes::float8 FROM instance_storage_usage AS stored WHERE stored.instance_id = instance.id)
           AS "storageUsedBytes",
         created_at AS "createdAt", updated_at AS "updatedAt", started_at AS "startedAt",
         terminated_at AS "terminatedAt"
    FROM instance`;

/** The row as the domain sees it: null becomes absent. */
export function toInstance({ conditions, ...row }: InstanceRow): Instance {
  return { ...withoutNulls(row), conditions: toConditions(conditions) };
}

function toConditions(stored: StoredConditions): Instance['conditions'] {
  return Object.entries(stored).map(([type, condition]) => ({
    type,
    ...condition,
    since: new Date(condition.since),
  }));
}
