export { HistoryPruner } from './history-pruner';
export { InstanceEntity } from './instance.entity';
export type { InstanceRoute } from './instance-route';
export { type InstanceSecrets, InstanceSecretsRepository } from './instance-secrets.repository';
export { type InstanceSearch, InstanceSearchRepository } from './instance-search.repository';
export type { InstanceTransition } from './instance-transition';
export {
  type Alongside,
  type DatabasePlacement,
  type Deployment,
  type InstanceFilter,
  type InstanceShape,
  InstanceRepository,
  type InstalledOdoo,
} from './instance.repository';
export {
  type MonitoredInstance,
  MonitoredInstanceRepository,
  type MonitoredScope,
} from './monitored-instance.repository';
export {
  type HistoryPage,
  OBSERVATION_CHANNEL,
  type ObservationPass,
  ObservationRepository,
  type RecordedChange,
} from './observation.repository';
export { type StorageSample, type StorageTarget, StorageUsageRepository } from './storage-usage.repository';
export { TaskLogRepository } from './task-log.repository';
export { UnsettledInstances } from './unsettled-instances';
export { WatchedInstanceRepository } from './watched-instance.repository';
