import type { Instance } from '@saasodoo/instances/domain';
import type { Operation } from '@saasodoo/operations/domain';
import type { Answer } from '../http/answer';
import { InstanceResponse } from './instance.response';

/** 202: it is written down and will be done; `Location` says where to watch it. */
export function acceptedAnswer(instance: Instance, operation: Operation): Answer<InstanceResponse> {
  return {
    status: 202,
    headers: { location: `/instance/operations/${operation.id}` },
    body: InstanceResponse.of(instance, operation),
  };
}
