export { assertStorageFits } from './assert-storage-fits';
export type { Condition, ObservedCondition } from './condition';
export type { ConditionChange } from './condition-change';
export { DATABASE_NAME_MAX_LENGTH, normaliseDatabaseName, reservedDatabaseNames } from './database-name';
export { type DesiredState, desiredStates } from './desired-state';
export {
  type BillingStatus,
  billingStatuses,
  type Instance,
  type InstanceType,
  instanceTypes,
  type NewInstance,
} from './instance';
export {
  allowedCommands,
  assertCommandAllowed,
  type CommandSubject,
  desiredAfter,
  type InstanceCommand,
  instanceCommands,
} from './instance-command';
export { instanceLabels } from './instance-labels';
export {
  databaseRoleName,
  type ExternalAddress,
  externalUrl,
  internalUrl,
  serviceName,
  finalDumpName,
  storageDirectoryName,
} from './instance-names';
export { isStagedName, stagedDatabaseName, stagedDirectoryName } from './staged-names';
export { storageCondition, type StorageFigures, type StorageLevel, storageLevel } from './storage-level';
export { finalStatus, initialStatus, type InstanceStatus, instanceStatuses } from './instance-status';
export {
  isMajorUpgrades,
  MAJOR_UPGRADES_SHAPE,
  type MajorUpgrade,
  type MajorUpgrades,
} from './major-upgrades';
export {
  type HealthState,
  healthStates,
  type NewObservation,
  type Observation,
  type ObservedService,
  type ObservedTask,
  type ObservedUsage,
} from './observation';
export { isSameImage, type OdooImage } from './odoo-image';
export {
  planUpgrade,
  type UpgradePlan,
  type UpgradeSite,
  type UpgradeSubject,
  type UpgradeWish,
} from './plan-upgrade';
export { readyCondition } from './ready-condition';
export { stateDiagram, stateDiagramPage } from './state-diagram';
export type { TaskLog, TaskLogLine } from './task-log';
export { assertTransitionsSound, statusesBefore, transitions, type TransitionTable } from './transitions';
export type { WatchedInstance } from './watched-instance';
