import { InstanceOperationPayload } from './instance-operation.payload';

/** The instance answers. */
export class InstanceCreatedPayload extends InstanceOperationPayload {}
