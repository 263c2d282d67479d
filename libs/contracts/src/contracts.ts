import { ContractRegistry } from './contract-registry';
import { BackupInstance } from './instance/backup-instance.command';
import { CreateInstance } from './instance/create-instance.command';
import { DeleteBackup } from './instance/delete-backup.command';
import { DrillBackup } from './instance/drill-backup.command';
import { HaltInstance } from './instance/halt-instance.command';
import { ImportInstance } from './instance/import-instance.command';
import { InstanceBackedUp } from './instance/instance-backed-up.event';
import { InstanceBackupDrillFailed } from './instance/instance-backup-drill-failed.event';
import { InstanceBackupDrillPassed } from './instance/instance-backup-drill-passed.event';
import { InstanceBackupFailed } from './instance/instance-backup-failed.event';
import { InstanceChangeFailed } from './instance/instance-change-failed.event';
import { InstanceCreated } from './instance/instance-created.event';
import { InstanceCreationFailed } from './instance/instance-creation-failed.event';
import { InstanceDegraded } from './instance/instance-degraded.event';
import { InstanceHalted } from './instance/instance-halted.event';
import { InstanceObserved } from './instance/instance-observed.event';
import { InstanceReconfigured } from './instance/instance-reconfigured.event';
import { InstanceRecovered } from './instance/instance-recovered.event';
import { InstanceRedeployed } from './instance/instance-redeployed.event';
import { InstanceRestarted } from './instance/instance-restarted.event';
import { InstanceRestored } from './instance/instance-restored.event';
import { InstanceResumed } from './instance/instance-resumed.event';
import { InstanceScaled } from './instance/instance-scaled.event';
import { InstanceStarted } from './instance/instance-started.event';
import { InstanceStopped } from './instance/instance-stopped.event';
import { InstanceStorageWarned } from './instance/instance-storage-warned.event';
import { InstanceSuspended } from './instance/instance-suspended.event';
import { InstanceTerminated } from './instance/instance-terminated.event';
import { InstanceUpgraded } from './instance/instance-upgraded.event';
import { InstanceUpgradeFailed } from './instance/instance-upgrade-failed.event';
import { ReconfigureInstance } from './instance/reconfigure-instance.command';
import { RedeployInstance } from './instance/redeploy-instance.command';
import { RestartInstance } from './instance/restart-instance.command';
import { RestoreNewInstance } from './instance/restore-new-instance.command';
import { RestoreInstance } from './instance/restore-instance.command';
import { ResumeInstance } from './instance/resume-instance.command';
import { ScaleInstance } from './instance/scale-instance.command';
import { StartInstance } from './instance/start-instance.command';
import { StopInstance } from './instance/stop-instance.command';
import { SuspendInstance } from './instance/suspend-instance.command';
import { TerminateInstance } from './instance/terminate-instance.command';
import { UpgradeInstance } from './instance/upgrade-instance.command';
import { OperationProgressed } from './operation/operation-progressed.event';
import { AlarmRaised } from './platform/alarm-raised.event';

/** Every message of the platform. */
export const contracts = new ContractRegistry([
  BackupInstance,
  CreateInstance,
  DeleteBackup,
  DrillBackup,
  HaltInstance,
  ImportInstance,
  ReconfigureInstance,
  RedeployInstance,
  RestartInstance,
  RestoreInstance,
  RestoreNewInstance,
  ResumeInstance,
  ScaleInstance,
  StartInstance,
  StopInstance,
  SuspendInstance,
  TerminateInstance,
  UpgradeInstance,
  InstanceBackedUp,
  InstanceBackupDrillFailed,
  InstanceBackupDrillPassed,
  InstanceBackupFailed,
  InstanceChangeFailed,
  InstanceCreated,
  InstanceCreationFailed,
  InstanceDegraded,
  InstanceHalted,
  InstanceObserved,
  InstanceReconfigured,
  InstanceRecovered,
  InstanceRedeployed,
  InstanceRestarted,
  InstanceRestored,
  InstanceResumed,
  InstanceScaled,
  InstanceStarted,
  InstanceStopped,
  InstanceStorageWarned,
  InstanceSuspended,
  InstanceTerminated,
  InstanceUpgraded,
  InstanceUpgradeFailed,
  OperationProgressed,
  AlarmRaised,
]);
