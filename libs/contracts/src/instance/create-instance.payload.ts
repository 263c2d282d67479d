import { InstanceOperationPayload } from './instance-operation.payload';

/** Carry out the create operation of an instance. */
export class CreateInstancePayload extends InstanceOperationPayload {}
