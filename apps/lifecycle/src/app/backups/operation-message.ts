import type { Operation } from '@saasodoo/operations/domain';

export function payloadOf({ id, instanceId, generation }: Operation) {
  return { operation_id: id, instance_id: instanceId, generation };
}

export function metaOf({ instanceId, correlationId, traceparent }: Operation) {
  return { subject: instanceId, correlationId, traceparent };
}
