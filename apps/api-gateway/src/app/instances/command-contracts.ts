import {
  type CommandContract,
  type InstanceOperationPayload,
  ReconfigureInstance,
  RedeployInstance,
  RestartInstance,
  ResumeInstance,
  ScaleInstance,
  StartInstance,
  StopInstance,
  SuspendInstance,
  TerminateInstance,
  UpgradeInstance,
} from '@saasodoo/contracts';
import type { InstanceCommand } from '@saasodoo/instances/domain';

/** The message that tells the worker of each command. */
export const commandContracts: Readonly<Record<InstanceCommand, CommandContract<InstanceOperationPayload>>> =
  {
    start: StartInstance,
    stop: StopInstance,
    restart: RestartInstance,
    suspend: SuspendInstance,
    resume: ResumeInstance,
    scale: ScaleInstance,
    reconfigure: ReconfigureInstance,
    redeploy: RedeployInstance,
    upgrade: UpgradeInstance,
    terminate: TerminateInstance,
  };
