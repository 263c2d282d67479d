import { InstanceOperationPayload } from './instance-operation.payload';

/** Carry out the terminate operation of an instance. */
export class TerminateInstancePayload extends InstanceOperationPayload {}
