import { ContractRegistry } from './contract-registry';
import { CreateInstance } from './instance/create-instance.command';
import { InstanceCreated } from './instance/instance-created.event';
import { InstanceCreationFailed } from './instance/instance-creation-failed.event';
import { InstanceTerminated } from './instance/instance-terminated.event';
import { TerminateInstance } from './instance/terminate-instance.command';
import { OperationProgressed } from './operation/operation-progressed.event';

/** Every message of the platform. */
export const contracts = new ContractRegistry([
  CreateInstance,
  TerminateInstance,
  InstanceCreated,
  InstanceCreationFailed,
  InstanceTerminated,
  OperationProgressed,
]);
