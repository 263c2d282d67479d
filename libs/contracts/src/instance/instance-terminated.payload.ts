import { InstanceOperationPayload } from './instance-operation.payload';

/** Nothing of the instance is left. */
export class InstanceTerminatedPayload extends InstanceOperationPayload {}
